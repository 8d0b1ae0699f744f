using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.ExtensionsAI;

public sealed class BertEmbeddingGeneratorTests
{
    private static readonly BertModel Model = new TinyCheckpoint().Load();

    /// <summary>More than fill the first two windows of a cursor, 128 and 512.</summary>
    private static readonly string[] Texts =
        [.. Enumerable.Range(0, 700)
            .Select(i => string.Concat(Enumerable.Repeat("the film is great and the battery is poor ", i % 7)) + i)];

    [Fact]
    public async Task Vectors_are_those_of_ApplyBertEmbedding_to_the_last_bit_and_in_the_order_of_the_texts()
    {
        using var generator = new BertEmbeddingGenerator(Model, new() { Normalize = true });
        GeneratedEmbeddings<Embedding<float>> embeddings =
            await generator.GenerateAsync(Texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Expected(Texts, normalize: true), embeddings.Select(embedding => embedding.Vector.ToArray()));
    }

    [Fact]
    public async Task All_options_reach_the_vectors()
    {
        BertEmbeddingOptions[] options =
        [
            new() { Pooling = BertPooling.Max }, new() { Normalize = true }, new() { Prompt = "this is " }, new() { MaxLength = 4 },
            new() { Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 2 },
        ];
        float[][] all = [.. await Task.WhenAll(options.Append(new()).Select(async o =>
        {
            using var generator = new BertEmbeddingGenerator(Model, o);
            return (await generator.GenerateVectorAsync("the film is great", cancellationToken: TestContext.Current.CancellationToken))
                .ToArray();
        }))];
        Assert.Equal(all.Length, all.Distinct(EqualityComparer<float[]>.Create((a, b) => a!.SequenceEqual(b!), a => a.Length)).Count());
    }

    [Fact]
    public async Task Usage_counts_the_tokens_that_were_read()
    {
        using var generator = new BertEmbeddingGenerator(Model, new() { Prompt = "this is ", MaxLength = 6 });
        // [CLS] this is good [SEP]; the same without a word; cut to six.
        GeneratedEmbeddings<Embedding<float>> embeddings =
            await generator.GenerateAsync(["good", null!, "good good good good"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(5 + 4 + 6, embeddings.Usage!.InputTokenCount);
        Assert.Equal(15, embeddings.Usage.TotalTokenCount);
        Assert.All(embeddings, embedding => Assert.Equal(Model.Name, embedding.ModelId));
    }

    [Fact]
    public void A_generator_is_a_teacher_under_the_name_of_its_model()
    {
        using var generator = new BertEmbeddingGenerator(Model, new() { Normalize = true });
        EmbeddingTeacher teacher = generator.AsTeacher();
        Assert.Equal(Texts.Length, teacher.Vectors(Texts, TestContext.Current.CancellationToken).Count);
        Assert.All(Expected(Texts, normalize: true).SelectMany(vector => vector)
            .Zip(teacher.Vectors(Texts, TestContext.Current.CancellationToken).SelectMany(vector => vector)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        Assert.Equal($"bert-mlnet  {Model.Name} {Model.Config.HiddenSize}", teacher.Identity);
        Assert.Equal("mine", generator.AsTeacher("mine").Identity);
    }

    [Fact]
    public async Task No_texts_give_no_vectors()
    {
        using var generator = new BertEmbeddingGenerator(Model);
        GeneratedEmbeddings<Embedding<float>> none =
            await generator.GenerateAsync([], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(none);
        Assert.Equal(0, none.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task Eight_threads_get_the_vectors_that_one_gets()
    {
        using var generator = new BertEmbeddingGenerator(Model);
        string[][] lists = [.. Enumerable.Range(0, 8).Select(i => Texts.Skip(60 * i).Take(150).ToArray())];
        float[][][] expected = [.. lists.Select(texts => Expected(texts, normalize: false))];
        await Task.WhenAll(lists.Select((texts, i) => Task.Run(async () =>
        {
            for (int time = 0; time < 3; time++)
                Assert.Equal(expected[i],
                    (await generator.GenerateAsync(texts, cancellationToken: TestContext.Current.CancellationToken))
                    .Select(embedding => embedding.Vector.ToArray()));
        })));
    }

    [Fact]
    public async Task Cancellation_ends_a_call_before_its_texts_are_all_read()
    {
        using var generator = new BertEmbeddingGenerator(Model);
        using var cancellation = new CancellationTokenSource();
        int read = 0;
        IEnumerable<string> UntilCancelled()
        {
            foreach (string text in Texts)
            {
                if (++read == 200)
                    cancellation.Cancel();
                yield return text;
            }
        }
        OperationCanceledException error =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => generator.GenerateAsync(UntilCancelled(), cancellationToken: cancellation.Token));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.InRange(read, 200, Texts.Length - 1);
    }

    [Fact]
    public void It_tells_what_it_is_and_holds()
    {
        using var generator = new BertEmbeddingGenerator(Model, new() { Pooling = BertPooling.Cls | BertPooling.Mean });
        EmbeddingGeneratorMetadata metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("bert-mlnet", Model.Name, 64), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator<string, Embedding<float>>)));
        Assert.Same(Model, generator.GetService(typeof(BertModel)));
        Assert.Same(Model.Tokenizer, generator.GetService(typeof(Microsoft.ML.Tokenizers.Tokenizer)));
        Assert.IsType<BertEmbeddingTransformer>(generator.GetService(typeof(BertEmbeddingTransformer)));
        Assert.Null(generator.GetService(typeof(BertModel), "a key"));
        Assert.Null(generator.GetService(typeof(string)));
    }

    [Fact]
    public async Task Options_that_ask_for_what_it_has_not_are_refused()
    {
        using var generator = new BertEmbeddingGenerator(Model);
        async Task<string> Refusal(EmbeddingGenerationOptions options) =>
            (await Assert.ThrowsAsync<ArgumentException>(
                () => generator.GenerateAsync(["good"], options, TestContext.Current.CancellationToken))).Message;
        Assert.Contains("request 16 dimensions, but the vectors of", await Refusal(new() { Dimensions = 16 }), StringComparison.Ordinal);
        Assert.Contains("request the model 'other'", await Refusal(new() { ModelId = "other" }), StringComparison.Ordinal);
        Assert.Single(await generator.GenerateAsync(
            ["good"], new() { Dimensions = 32, ModelId = Model.Name }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transformer_is_disposed_with_it_only_if_it_owns_it(bool owns)
    {
        using var transformer = BertEmbeddingTransformer.Create(Model);
        var generator = new BertEmbeddingGenerator(transformer, ownsTransformer: owns);
        generator.Dispose();
        generator.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => generator.GenerateAsync(["good"], cancellationToken: TestContext.Current.CancellationToken));
        if (owns)
            Assert.Throws<ObjectDisposedException>(() => transformer.Embed(["good"], TestContext.Current.CancellationToken));
        else
            Assert.Single(transformer.Embed(["good"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cache_before_it_answers_what_it_was_asked_before()
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        var inner = new BertEmbeddingGenerator(Model);
        using IEmbeddingGenerator<string, Embedding<float>> cached = inner.AsBuilder().UseDistributedCache(cache).Build();
        float[] first = (await cached.GenerateVectorAsync("good", cancellationToken: TestContext.Current.CancellationToken)).ToArray();
        inner.Dispose(); // from now on only the cache can answer
        Assert.Equal(first, (await cached.GenerateVectorAsync("good", cancellationToken: TestContext.Current.CancellationToken)).ToArray());
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => cached.GenerateVectorAsync("bad", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(Model.Name, cached.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelId);
    }

    private static float[][] Expected(string[] texts, bool normalize)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(text => new { Text = text }));
        using BertEmbeddingTransformer transformer =
            ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Model, normalize: normalize).Fit(data);
        return [.. transformer.Transform(data).GetColumn<float[]>("Features")];
    }
}
