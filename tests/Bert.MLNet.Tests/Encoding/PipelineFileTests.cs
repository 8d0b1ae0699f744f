using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.LightGbm;
using Microsoft.ML.Transforms;
using static Bert.MLNet.Tests.Encoders.OnnxPipeline;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Whole pipelines as ONNX files, run with ML.NET's <c>ApplyOnnxModel</c> and compared with the pipelines themselves.</summary>
public sealed class PipelineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // One thread each: threads of SDCA and LightGBM spin while they wait for each other.
    private static readonly Dictionary<string, (Func<IEstimator<ITransformer>> Create, string[] Numbers, string[] Texts)> s_heads = new()
    {
        ["LBFGS, three labels"] = (
            () => Labelled(ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key")), ["Score"], ["PredictedLabel"]),
        ["LightGBM, three labels"] = (
            () => Labelled(ML.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
            {
                LabelColumnName = "Key", NumberOfIterations = 5, MinimumExampleCountPerLeaf = 2, NumberOfThreads = 1,
            })),
            ["Score"], ["PredictedLabel"]),
        ["SDCA, two labels"] = (
            () => Features().Append(ML.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = "IsGood", L2Regularization = 0.01f, MaximumNumberOfIterations = 20, NumberOfThreads = 1,
            })),
            ["Score", "Probability", "PredictedLabel"], []),
        ["FastTree, two labels"] = (
            () => Features().Append(ML.BinaryClassification.Trainers.FastTree("IsGood", numberOfTrees: 4, minimumExampleCountPerLeaf: 2)),
            ["Score", "Probability", "PredictedLabel"], []),
        ["FastTree, numbers"] = (
            () => Features().Append(ML.Regression.Trainers.FastTree("Stars", numberOfTrees: 4, minimumExampleCountPerLeaf: 2)),
            ["Score"], []),
        ["FastForest, numbers"] = (
            () => Features().Append(ML.Regression.Trainers.FastForest("Stars", numberOfTrees: 4, minimumExampleCountPerLeaf: 2)),
            ["Score"], []),
        ["LightGBM, numbers"] = (
            () => Features().Append(ML.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
            {
                LabelColumnName = "Stars", NumberOfIterations = 5, MinimumExampleCountPerLeaf = 2, NumberOfThreads = 1,
            })),
            ["Score"], []),
    };

    public static TheoryData<string> Heads => [.. s_heads.Keys];

    [Theory, MemberData(nameof(Heads))]
    public void Tokens_go_in_and_the_answers_of_the_pipeline_come_out(string head)
    {
        (Func<IEstimator<ITransformer>> create, string[] numbers, string[] texts) = s_heads[head];
        ITransformer model = create().Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["model.onnx"]);
        Assert.Equal(["input_ids", "attention_mask", "token_type_ids"], InputsOf(_folder["model.onnx"]));

        IDataView expected = model.Transform(View), actual = Run(_folder["model.onnx"], View, Tiny, [.. numbers, .. texts]);
        foreach (string column in numbers)
            Close(Numbers(expected, column), Numbers(actual, column));
        foreach (string column in texts)
            Assert.Equal(Texts(expected, column), Texts(actual, column));
        Assert.True(Numbers(expected, numbers[0]).Distinct().Count() > 1);
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void Rows_of_a_padded_batch_have_the_answers_that_they_have_alone()
    {
        ITransformer model = s_heads["LBFGS, three labels"].Create().Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["model.onnx"], "Score", "PredictedLabel");
        Assert.Equal(["Score", "PredictedLabel"], OutputsOf(_folder["model.onnx"]));

        BertEncoding[] encodings = [.. Rows.Select(row => Tiny.Tokenizer.Encode(row.Text))];
        int length = encodings.Max(encoding => encoding.Length) + 3;
        OrtValue Padded(Func<BertEncoding, IReadOnlyList<int>> values) => OrtValue.CreateTensorValueFromMemory(
            encodings.SelectMany(encoding => values(encoding).Concat(Enumerable.Repeat(0, length)).Take(length))
                .Select(value => (long)value).ToArray(),
            [Rows.Length, length]);
        using var session = new InferenceSession(_folder["model.onnx"]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, new Dictionary<string, OrtValue>
        {
            ["input_ids"] = Padded(encoding => encoding.Ids),
            ["attention_mask"] = Padded(encoding => encoding.AttentionMask),
            ["token_type_ids"] = Padded(encoding => encoding.TypeIds),
        }, session.OutputNames);
        IDataView expected = model.Transform(View);
        Close(Numbers(expected, "Score"), [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Select(value => (double)value)]);
        Assert.Equal(Texts(expected, "PredictedLabel"), outputs[1].GetStringTensorAsArray());
        Assert.Equal("64", session.ModelMetadata.CustomMetadataMap["max_length"]);
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void Columns_of_numbers_are_inputs_beside_the_tokens_and_labels_are_outputs_if_named()
    {
        var pipeline = ML.Transforms.Conversion.MapValueToKey("Key", "Label")
            .Append(ML.Transforms.Text.ApplyBertEmbedding("Vector", "Text", Tiny))
            .Append(ML.Transforms.Concatenate("Both", "Vector", "Words"))
            .Append(ML.Transforms.NormalizeMeanVariance("Features", "Both"))
            .Append(ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key"));
        using var model = pipeline.Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["model.onnx"], "Score", "Key", "Words");
        Assert.Equal(["input_ids", "attention_mask", "token_type_ids", "Label", "Words"], InputsOf(_folder["model.onnx"]));
        Assert.Equal(["Score", "Key", "Words.output"], OutputsOf(_folder["model.onnx"]));
        IDataView expected = model.Transform(View), actual = Run(_folder["model.onnx"], View, Tiny, "Score", "Key", "Words.output");
        Close(Numbers(expected, "Score"), Numbers(actual, "Score"));
        // ML.NET's step leaves out the end of the name.
        Assert.Equal(Rows.Select(row => (double)row.Words), Numbers(actual, "Words"));
    }

    [Fact]
    public void Texts_of_two_columns_have_inputs_of_their_own_and_share_the_weights()
    {
        var pipeline = ML.Transforms.Text.ApplyBertEmbedding("First", "Text", Tiny)
            .Append(ML.Transforms.Text.ApplyBertEmbedding("Second", "Other", Tiny))
            .Append(ML.Transforms.Text.ApplyBertEmbedding("Third", "Text", Tiny, BertPooling.Cls))
            .Append(ML.Transforms.Concatenate("Features", "First", "Second", "Third"));
        using var model = pipeline.Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["model.onnx"], "Features");
        Assert.Equal(
            ["input_ids", "attention_mask", "token_type_ids", "Second.input_ids", "Second.attention_mask", "Second.token_type_ids"],
            InputsOf(_folder["model.onnx"]));
        BertTokenizerEstimator.Options tokens = Tokens(Tiny);
        IDataView data = ML.Transforms.Text.ApplyBertTokenizer(tokens with
        {
            InputColumnName = "Other",
            InputIdsColumnName = "Second.input_ids",
            AttentionMaskColumnName = "Second.attention_mask",
            TokenTypeIdsColumnName = "Second.token_type_ids",
        }).Fit(View).Transform(View);
        Close(Numbers(model.Transform(View), "Features"), Numbers(Run(_folder["model.onnx"], data, Tiny, "Features"), "Features"), 1e-5);
        Tiny.SaveOnnx(_folder["alone.onnx"]);
        Assert.InRange(new FileInfo(_folder["model.onnx"]).Length, 1, 1.9 * new FileInfo(_folder["alone.onnx"]).Length);
    }

    [Fact]
    public void Steps_that_cannot_be_exported_are_named_if_a_result_depends_on_them()
    {
        IEstimator<ITransformer> embedding = ML.Transforms.Text.ApplyBertEmbedding("Vector", "Text", Tiny);
        Refused("TextFeaturizingEstimator", "Features", embedding.Append(ML.Transforms.Text.FeaturizeText("Words2", "Text"))
            .Append(ML.Transforms.Concatenate("Features", "Vector", "Words2")));
        Refused("CustomMappingTransformer", "Sum", embedding.Append(
            ML.Transforms.CustomMapping<VectorRow, SumRow>((from, to) => to.Sum = from.Vector.Sum(), null)));
        Refused("BertClassifierTransformer", "PredictedLabel", ML.Transforms.Text.ApplyBertClassifier(
            "PredictedLabel", "Text", new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load()));
        Refused("Precision is Int8", "Features", ML.Transforms.Text.ApplyBertEmbedding(
            new BertEmbeddingEstimator.Options { Model = Tiny, Precision = BertVectorPrecision.Int8 }));

        // A step that the named columns do not depend on does no harm.
        ITransformer model = embedding.Append(ML.Transforms.Text.FeaturizeText("Words2", "Text")).Fit(View);
        ML.Model.SaveOnnx(model, View.Schema, _folder["vector.onnx"]);
        Assert.Equal(["Vector"], OutputsOf(_folder["vector.onnx"]));
        Assert.Contains("'Nowhere' does not exist. The result has the columns Text,", MessageOf<ArgumentException>(model, "Nowhere"));
        ((IDisposable)model).Dispose();
        Assert.Contains("ConvertToOnnx", MessageOf<NotSupportedException>(ML.Transforms.CopyColumns("Copy", "Words").Fit(View)));
        Assert.Equal([_folder["vector.onnx"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    private void Refused(string words, string column, IEstimator<ITransformer> pipeline)
    {
        ITransformer model = pipeline.Fit(View);
        string message = MessageOf<NotSupportedException>(model, column);
        Assert.StartsWith($"Column '{column}' cannot be saved as ONNX: ", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
        (model as IDisposable)?.Dispose();
    }

    private string MessageOf<TError>(ITransformer model, params string[] columns)
        where TError : Exception =>
        Assert.Throws<TError>(() => ML.Model.SaveOnnx(model, View.Schema, _folder["refused.onnx"], columns)).Message;

    private static EstimatorChain<NormalizingTransformer> Features() => ML.Transforms.Text.ApplyBertEmbedding("Vector", "Text", Tiny)
        .Append(ML.Transforms.NormalizeMinMax("Features", "Vector"));

    private static EstimatorChain<KeyToValueMappingTransformer> Labelled(IEstimator<ITransformer> trainer) => ML.Transforms.Conversion
        .MapValueToKey("Key", "Label")
        .Append(ML.Transforms.Text.ApplyBertEmbedding("Vector", "Text", Tiny))
        .Append(ML.Transforms.NormalizeMeanVariance("Features", "Vector"))
        .Append(trainer)
        .Append(ML.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private sealed class VectorRow
    {
        [VectorType(32)]
        public float[] Vector { get; set; } = [];
    }

    private sealed class SumRow
    {
        public float Sum { get; set; }
    }
}
