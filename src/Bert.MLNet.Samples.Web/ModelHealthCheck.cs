using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bert.MLNet.Samples.Web;

/// <summary>Healthy is a model that turns a word into a vector.</summary>
internal sealed class ModelHealthCheck(IEmbeddingGenerator<string, Embedding<float>> generator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync("ready", cancellationToken: cancellationToken);
        return Math.Abs(TensorPrimitives.Norm(vector.Span) - 1) < 0.001
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The model gives no vector of length 1.");
    }
}
