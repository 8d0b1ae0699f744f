using Microsoft.Extensions.AI;

namespace Bert.MLNet;

/// <summary>Extension methods that make generators of Microsoft.Extensions.AI teachers of checkpoints.</summary>
public static class BertEmbeddingTeacherExtensions
{
    /// <summary>
    /// Creates a teacher from a generator, so that a checkpoint can learn its vectors; see <see cref="EmbedDistillLoss.Teacher"/>. The
    /// teacher does not dispose of the generator.
    /// </summary>
    /// <param name="generator">The generator, such as that of a service. It receives <see cref="EmbeddingTeacher.BatchSize"/> texts at a
    /// time.</param>
    /// <param name="identity">Names the model and its version, for <see cref="EmbeddingTeacher.CacheFile"/>. Null: the provider, the
    /// address, the model and the dimensions in its <see cref="EmbeddingGeneratorMetadata"/>.</param>
    /// <exception cref="ArgumentException">There is no identity, and the metadata do not name a model.</exception>
    public static EmbeddingTeacher AsTeacher(this IEmbeddingGenerator<string, Embedding<float>> generator, string? identity = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return EmbeddingTeacher.FromFunction(
            identity ?? IdentityOf(generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)
                ?? throw new ArgumentException("The metadata of the generator do not name its model. Pass an identity.", nameof(identity)),
            (texts, cancellationToken) =>
            [
                .. Task.Run(() => generator.GenerateAsync(texts, cancellationToken: cancellationToken), cancellationToken)
                    .GetAwaiter().GetResult().Select(embedding => embedding.Vector),
            ]);
    }

    private static string? IdentityOf(EmbeddingGeneratorMetadata? metadata) => metadata?.DefaultModelId is { } model
        ? $"{metadata.ProviderName} {metadata.ProviderUri} {model} {metadata.DefaultModelDimensions}"
        : null;
}
