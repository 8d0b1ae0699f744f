using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Bert.MLNet.Samples.Web;

/// <summary>Reports the service as healthy if the model can embed a word.</summary>
internal sealed class ModelHealthCheck(IEmbeddingGenerator<string, Embedding<float>> generator) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync("ready", cancellationToken: cancellationToken);
        return Math.Abs(TensorPrimitives.Norm(vector.Span) - 1) < 0.001
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The model did not return a vector of length 1.");
    }
}
