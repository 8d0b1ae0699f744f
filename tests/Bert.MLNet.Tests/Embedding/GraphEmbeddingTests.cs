using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Cli;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Embeddings;

/// <summary>Checkpoints whose ONNX graph computes the vectors of texts itself, as sentence-transformers exports them.</summary>
public sealed class GraphEmbeddingTests : IDisposable
{
    private const int Width = 4;
    private static readonly string[] s_texts = ["a", "b a b", "", "unknown a"];

    private static readonly BertConfig s_config =
        new() { VocabSize = 8, HiddenSize = Width, NumAttentionHeads = 2, NumHiddenLayers = 1, MaxPositionEmbeddings = 16 };

    private static readonly BertTokenizer s_tokenizer =
        BertTokenizer.Create(new BertVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"]));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The graph's vector is ten times the sum over the tokens, which no pooling computes.</summary>
    [Theory]
    [InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void Vectors_are_those_of_the_graph(bool hasTokens, bool declaresSize)
    {
        BertModel model = Model(hasTokens, declaresSize ? Width : "embedding_size");
        Equal(Expected(10), Embed(model));
        Equal(Expected(10).Select(Unit), Embed(model, new() { Normalize = true }));
        Equal(Expected(10).Select(vector => Unit([.. vector.Take(2)])), Embed(model, new() { Normalize = true, TruncateDimension = 2 }));
        Equal(Expected(10), Embed(model, new() { Pooling = BertPooling.None }));
    }

    [Fact]
    public void Pooling_reads_the_tokens_of_a_graph_that_has_both()
    {
        IEnumerable<float[]> means = s_texts.Select(text => Sum([.. s_tokenizer.Encode(text).Ids], 1f / s_tokenizer.Encode(text).Length));
        Equal(means, Embed(Model(hasTokens: true, Width), new() { Pooling = BertPooling.Mean }));
    }

    [Fact]
    public void Tokens_and_pooling_are_refused_if_the_graph_only_has_vectors()
    {
        BertModel model = Model(hasTokens: false, Width);
        Refused(() => Embed(model, new() { Pooling = BertPooling.Cls }));
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(s_texts.Select(text => new { Text = text }));
        var steps = ml.Transforms.Text.ApplyBertTokenizer("Text", model: model).Append(ml.Transforms.Text.ApplyBertEncoder(model: model));
        Refused(() => steps.Fit(data));

        static void Refused(Action run)
        {
            string message = Assert.Throws<NotSupportedException>(run).Message;
            Assert.Contains("'exported' has no output last_hidden_state", message, StringComparison.Ordinal);
            Assert.Contains("returns its sentence_embedding if Pooling is null", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Modules_after_the_pooling_are_a_part_of_the_graph()
    {
        BertTensor weight = BertTensor.Create("linear.weight", [3, Width], new float[3 * Width]);
        var dense = new DenseLayer("torch.nn.modules.activation.Tanh", weight, null);
        BertModel model = Model(hasTokens: true, "embedding_size", 3).WithSentence(new() { Pooling = BertPooling.Cls, Layers = [dense] });
        Equal(Expected(10).Select(vector => vector[..3]), Embed(model));
    }

    [Fact]
    public void Prompt_that_is_not_pooled_needs_the_tokens()
    {
        var sentence = new BertSentenceOptions
        {
            Prompts = new Dictionary<string, string> { ["query"] = "b " }, DefaultPromptName = "query", IncludePrompt = false,
        };
        // Of [CLS] b text [SEP], the text and [SEP] are pooled.
        IEnumerable<float[]> expected = s_texts.Select(text => s_tokenizer.Encode(text).Ids.Skip(1).ToArray())
            .Select(ids => Sum(ids, 1f / ids.Length));
        Equal(expected, Embed(Model(hasTokens: true, Width).WithSentence(sentence)));
        BertModel model = Model(hasTokens: false, Width).WithSentence(sentence);
        Assert.Throws<NotSupportedException>(() => Embed(model));
        var error = Assert.Throws<ArgumentException>(() => Embed(model, new() { Pooling = BertPooling.None }));
        Assert.Contains("empty Prompt", error.Message, StringComparison.Ordinal);
        Equal(Expected(10), Embed(model, new() { Prompt = "" }));
    }

    [Fact]
    public async Task Folders_model_zip_generators_and_the_tool_use_the_vectors()
    {
        Model(hasTokens: false, Width).SavePretrained(_folder["exported"]);
        BertModel model = BertModel.FromPretrained(_folder["exported"]);
        Equal(Expected(10), Embed(model));

        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(s_texts.Select(text => new { Text = text }));
        using (BertEmbeddingTransformer fitted = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(data))
            ml.Model.Save(fitted, data.Schema, _folder["model.zip"]);
        using (var loaded = (BertEmbeddingTransformer)ml.Model.Load(_folder["model.zip"], out _))
            Equal(Expected(10), [.. loaded.Transform(data).GetColumn<float[]>("Features")]);

        using var generator = new BertEmbeddingGenerator(model);
        var generated = await generator.GenerateAsync(s_texts, cancellationToken: TestContext.Current.CancellationToken);
        Equal(Expected(10), [.. generated.Select(vector => vector.Vector.ToArray())]);

        string[] lines = (await ToolRun.Of("", "info", _folder["exported"])).Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("outputs: sentence_embedding", lines);
        Assert.Contains("pooling: None: the graph computes vectors of 4", lines);
        ToolRun run = await ToolRun.Of("""{"text": "b a b"}""", "embed", "--model", _folder["exported"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Expected(10)[1], ToolRun.Numbers(Assert.Single(run.Lines), "embedding").Select(value => (float)value));
    }

    [Fact]
    public void Checkpoint_with_weights_has_no_such_vectors()
    {
        BertModel model = new TinyCheckpoint().Load();
        Exception error = Assert.Throws<ArgumentException>(() => Embed(model, new() { Pooling = BertPooling.None }));
        Assert.Contains("Pooling is None", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NotSupportedException>(() => EncoderSession.Acquire(model, new(EncoderOutput.SentenceEmbedding(Width))));
        Assert.Contains("no sentence_embedding", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Tokens are rows of numbers: 10t, 10t+1, …</summary>
    private static float[] Row(int id) => [.. Enumerable.Range(0, Width).Select(i => 10f * id + i)];

    private static float[] Sum(int[] ids, float factor) => [.. Enumerable.Range(0, Width).Select(i => factor * ids.Sum(id => Row(id)[i]))];

    private static float[][] Expected(float factor) => [.. s_texts.Select(text => Sum([.. s_tokenizer.Encode(text).Ids], factor))];

    private static float[] Unit(float[] vector) => [.. vector.Select(value => value / MathF.Sqrt(vector.Sum(x => x * x)))];

    private static float[][] Embed(BertModel model, BertEmbeddingOptions? options = null)
    {
        using BertEmbeddingTransformer transformer = BertEmbeddingTransformer.Create(model, options);
        float[][] vectors = [.. transformer.Embed(s_texts).Select(row => row.Vector.ToArray())];
        Assert.All(vectors, vector => Assert.Equal(transformer.Dimension, vector.Length));
        return vectors;
    }

    private static void Equal(IEnumerable<float[]> expected, float[][] actual)
    {
        Assert.Equal(expected.Count(), actual.Length);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Length, pair.Second.Length);
            Assert.All(pair.First.Zip(pair.Second), value => Assert.Equal(value.First, value.Second, 1e-4f));
        });
    }

    private static BertModel Model(bool hasTokens, object declared, int size = Width)
    {
        var graph = new OnnxGraph("test");
        float[] table = [.. Enumerable.Range(0, s_config.VocabSize).SelectMany(Row)];
        string rows = graph.Constant(OnnxGraph.Float, [s_config.VocabSize, Width], MemoryMarshal.AsBytes<float>(table));
        string hidden = graph.Add("Gather", [rows, graph.Input("input_ids", OnnxGraph.Int64, "batch", "sequence")]);
        string mask = graph.Input("attention_mask", OnnxGraph.Int64, "batch", "sequence");
        string weights = graph.Add("Unsqueeze", [graph.Add("Cast", [mask], ("to", (long)OnnxGraph.Float)), graph.Integers(2)]);
        string sum = graph.Add("ReduceSum", [graph.Add("Mul", [hidden, weights]), graph.Integers(1)], ("keepdims", 0L));
        if (size < Width)
            sum = graph.Add("Slice", [sum, graph.Integers(0), graph.Integers(size), graph.Integers(1)]);
        graph.Output("sentence_embedding", graph.Add("Mul", [sum, graph.Scalar(10)]), "batch", declared);
        if (hasTokens)
            graph.Output("token_embeddings", hidden, "batch", "sequence", Width);
        return new BertModel(s_config, s_tokenizer, null, name: "exported", onnxGraph: graph.ToModel());
    }
}
