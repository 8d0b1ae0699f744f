using System.Collections;
using Microsoft.Extensions.AI;

namespace Bert.MLNet;

/// <summary>Extension methods that make generators of smaller vectors from generators of vectors in single precision.</summary>
/// <remarks>
/// To shorten vectors, set <see cref="BertEmbeddingOptions.TruncateDimension"/>; they are shortened and normalized before they are
/// converted. The returned generators are as thread-safe as those that they use, and dispose of them.
/// </remarks>
public static class BertQuantizedGeneratorExtensions
{
    /// <summary>Creates a generator of <see cref="BertVectorPrecision.Int8"/> vectors. Compare them by their cosine.</summary>
    /// <param name="generator">The generator of vectors in single precision.</param>
    public static IEmbeddingGenerator<string, Embedding<sbyte>> AsInt8(
        this IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new ConvertedGenerator<Embedding<sbyte>>(
            generator, vector => new Embedding<sbyte>(BertVectorQuantization.ToInt8(vector.Span)));
    }

    /// <summary>
    /// Creates a generator of <see cref="BertVectorPrecision.Binary"/> vectors, whose bit i is true if value i is positive. Compare them by
    /// the number of bits that differ.
    /// </summary>
    /// <param name="generator">The generator of vectors in single precision.</param>
    public static IEmbeddingGenerator<string, BinaryEmbedding> AsBinary(this IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new ConvertedGenerator<BinaryEmbedding>(generator, vector => new BinaryEmbedding(Signs(vector.Span)));
    }

    private static BitArray Signs(ReadOnlySpan<float> vector)
    {
        var bits = new BitArray(vector.Length);
        for (int i = 0; i < vector.Length; i++)
            bits[i] = vector[i] > 0;
        return bits;
    }

    private sealed class ConvertedGenerator<TEmbedding>(
        IEmbeddingGenerator<string, Embedding<float>> generator, Func<ReadOnlyMemory<float>, TEmbedding> convert)
        : IEmbeddingGenerator<string, TEmbedding>
        where TEmbedding : Embedding
    {
        public async Task<GeneratedEmbeddings<TEmbedding>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            GeneratedEmbeddings<Embedding<float>> generated = await generator.GenerateAsync(values, options, cancellationToken)
                .ConfigureAwait(false);
            return new(generated.Select(Convert)) { Usage = generated.Usage, AdditionalProperties = generated.AdditionalProperties };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(this) ? this : generator.GetService(serviceType, serviceKey);

        public void Dispose() => generator.Dispose();

        private TEmbedding Convert(Embedding<float> embedding)
        {
            TEmbedding converted = convert(embedding.Vector);
            converted.ModelId = embedding.ModelId;
            converted.CreatedAt = embedding.CreatedAt;
            return converted;
        }
    }
}
