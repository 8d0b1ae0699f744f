using Bert.MLNet.Tests.Pooling;
using Microsoft.Extensions.AI;

namespace Bert.MLNet.Tests.ExtensionsAI;

/// <summary>Generators of int8 and binary vectors convert those of the generator that they use.</summary>
public sealed class QuantizedGeneratorTests
{
    private static readonly string[] s_texts = ["the film is good", "bad", ""];

    [Fact]
    public async Task Vectors_usage_and_services_are_those_of_the_generator()
    {
        using var generator = new BertEmbeddingGenerator(
            BertEmbeddingTests.TinyModel.Value, new BertEmbeddingOptions { TruncateDimension = 13 });
        GeneratedEmbeddings<Embedding<float>> single =
            await generator.GenerateAsync(s_texts, cancellationToken: TestContext.Current.CancellationToken);
        IEmbeddingGenerator<string, Embedding<sbyte>> int8 = generator.AsInt8();
        GeneratedEmbeddings<Embedding<sbyte>> values =
            await int8.GenerateAsync(s_texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(single.Select(embedding => BertVectorQuantization.ToInt8(embedding.Vector.Span)),
            values.Select(embedding => embedding.Vector.ToArray()));
        Assert.Equal(single.Usage!.InputTokenCount, values.Usage!.InputTokenCount);
        Assert.All(values, embedding => Assert.Equal(single[0].ModelId, embedding.ModelId));

        GeneratedEmbeddings<BinaryEmbedding> bits =
            await generator.AsBinary().GenerateAsync(s_texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(single.Select(embedding => embedding.Vector.ToArray().Select(value => value > 0)),
            bits.Select(embedding => embedding.Vector.Cast<bool>()));
        Assert.Same(int8, int8.GetService<IEmbeddingGenerator<string, Embedding<sbyte>>>());
        Assert.Same(generator, int8.GetService<BertEmbeddingGenerator>());
        Assert.Throws<ArgumentNullException>(() => ((BertEmbeddingGenerator)null!).AsInt8());
        Assert.Throws<ArgumentNullException>(() => ((BertEmbeddingGenerator)null!).AsBinary());
    }
}
