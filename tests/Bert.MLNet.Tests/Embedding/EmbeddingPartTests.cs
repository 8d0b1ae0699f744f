using Microsoft.ML;
using static Bert.MLNet.Tests.Encoders.OnnxPipeline;

namespace Bert.MLNet.Tests.Embeddings;

/// <summary>Embedding steps as part of an ONNX file.</summary>
public sealed class EmbeddingPartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static BertPooling All => Enum.GetValues<BertPooling>().Aggregate((left, right) => left | right);

    [Fact]
    public void All_poolings_give_the_vectors_of_the_step()
    {
        Compare(new() { Model = Tiny, Pooling = All, NumberOfLastLayers = 2 });
        Compare(new() { Model = Tiny, Pooling = BertPooling.Cls, Normalize = true });
        Compare(new() { Model = Tiny, Pooling = BertPooling.LastLayersMean, NumberOfLastLayers = 3 });
    }

    /// <summary>With other inputs, attention with distances, and local attention.</summary>
    [Theory, InlineData("distilbert"), InlineData("deberta-v3"), InlineData("modernbert")]
    public void Other_families_give_the_vectors_of_the_step(string family) =>
        Compare(new() { Model = EveryFamily.Checkpoint(family).Load() });

    [Fact]
    public void Modules_weights_of_tokens_and_shortened_vectors_are_in_the_file()
    {
        Compare(new() { Model = Tiny.WithSentence(SentenceModules.Options(Tiny.Config.HiddenSize)) });
        float[] weights = [.. Enumerable.Range(0, Tiny.Tokenizer.Vocabulary.Size).Select(id => 0.5f + id % 7)];
        BertModel weighted = Tiny.WithSentence(Tiny.Sentence with { TokenWeights = weights });
        Compare(new() { Model = weighted, TruncateDimension = 20, Normalize = true });
        // Activations are quantized by the batch, which has other rows.
        Compare(new() { Model = Tiny.Quantize() }, 2e-2);
    }

    [Fact]
    public void Prompts_are_read_with_the_text_and_not_pooled_if_the_checkpoint_says_so()
    {
        BertModel model = Tiny.WithSentence(Tiny.Sentence with { IncludePrompt = false });
        Compare(new() { Model = model, Prompt = "very good : " });
        Compare(new() { Model = Tiny, Prompt = "very good : " });
    }

    /// <summary>Hidden states of padded rows, on either side, with every pooling and with layers.</summary>
    [Theory, InlineData(BertPaddingSide.Left), InlineData(BertPaddingSide.Right)]
    public void Tokenizer_encoder_and_pooling_as_steps_give_the_vectors_of_the_steps(BertPaddingSide side)
    {
        BertTokenizerEstimator.Options tokens = Tokens(Tiny) with { MaxLength = 24, Padding = BertPadding.MaxLength, PaddingSide = side };
        float[] weights = [.. Enumerable.Range(0, Tiny.Tokenizer.Vocabulary.Size).Select(id => 0.5f + id % 7)];
        var pipeline = ML.Transforms.Text.ApplyBertTokenizer(tokens)
            .Append(ML.Transforms.Text.ApplyBertEncoder(new BertEncoderEstimator.Options
            {
                Model = Tiny,
                InputIdsColumnName = "input_ids",
                AttentionMaskColumnName = "attention_mask",
                TokenTypeIdsColumnName = null,
                HiddenStatesLayers = [0, 1, 2],
                AttentionsLayers = [1],
            }))
            .Append(ML.Transforms.Text.ApplyBertPooling(new BertPoolingEstimator.Options
            {
                Pooling = All,
                NumberOfLastLayers = 2,
                AttentionMaskColumnName = "attention_mask",
                InputIdsColumnName = "input_ids",
                TokenWeights = weights,
            }))
            .Append(ML.Transforms.Text.ApplyBertPooling("Even", normalize: true, attentionMaskColumnName: null));
        using var model = pipeline.Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["model.onnx"], "Features", "Even", "PoolerOutput", "Attentions");
        Assert.Equal(["input_ids", "attention_mask"], InputsOf(_folder["model.onnx"]));
        IDataView expected = model.Transform(View);
        IDataView inputs = ML.Transforms.SelectColumns("input_ids", "attention_mask").Fit(expected).Transform(expected);
        foreach (string column in (string[])["Features", "Even", "PoolerOutput", "Attentions"])
            Close(Numbers(expected, column), Numbers(Run(_folder["model.onnx"], inputs, null, column), column));
    }

    private void Compare(BertEmbeddingEstimator.Options options, double tolerance = 1e-4)
    {
        using BertEmbeddingTransformer step = ML.Transforms.Text.ApplyBertEmbedding(options).Fit(View);
        ML.Model.SaveOnnx(step, View.Schema, _folder["model.onnx"]);
        Assert.Equal(["Features"], OutputsOf(_folder["model.onnx"]));
        IDataView prompted = ML.Data.LoadFromEnumerable(Rows.Take(3).Select(row => new { Text = options.Prompt + row.Text }));
        double[] actual = Numbers(Run(_folder["model.onnx"], prompted, options.Model, "Features"), "Features");
        Close(Numbers(step.Transform(ML.Data.TakeRows(View, 3)), "Features"), actual, tolerance);
    }
}
