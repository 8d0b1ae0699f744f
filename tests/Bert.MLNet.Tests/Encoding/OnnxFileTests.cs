using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Checkpoints as ONNX files: what bare ONNX Runtime makes of them.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private static readonly int[] Ids = [2, 17, 40, 88, 90, 3, 55, 61, 3], Types = [0, 0, 0, 0, 0, 0, 1, 1, 1];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertForSequenceClassification", "F32"), InlineData("DistilBertForSequenceClassification", "BF16"),
        InlineData("BertForTokenClassification", "F16")]
    [InlineData("BertForQuestionAnswering", "F32"), InlineData("BertForMaskedLM", "F32"), InlineData("DistilBertForMaskedLM", "F32"),
        InlineData("BertForNextSentencePrediction", "F32")]
    [InlineData("BertModel", "F32"), InlineData("DistilBertModel", "F32")]
    public void Bare_ONNX_Runtime_gives_what_a_plain_computation_gives(string architecture, string type) =>
        Compare(new TinyCheckpoint { Architecture = architecture, Type = Enum.Parse<TensorType>(type) });

    [Theory, MemberData(nameof(EveryFamily.Heads), MemberType = typeof(EveryFamily))]
    public void Bare_ONNX_Runtime_gives_what_a_plain_computation_gives_for_every_family(string family, string head) =>
        Compare(EveryFamily.Checkpoint(family, head));

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Bare_ONNX_Runtime_gives_the_hidden_states_of_every_family(string family) => Compare(EveryFamily.Checkpoint(family));

    [Theory]
    [InlineData("BertModel"), InlineData("DistilBertForMaskedLM"), InlineData("DebertaV2ForSequenceClassification")]
    public void A_file_in_half_precision_has_rounded_matrices_and_computes_with_them(string architecture)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        model.SavePretrainedOnnx(_folder["half"], BertOnnxPrecision.Float16);
        BertModel read = BertModel.FromPretrained(_folder["half"]).WithWeights();
        Assert.All(read.Weights!.Names, name =>
        {
            float[] expected = TensorValues.Of(model.Weights![name]);
            bool isMatrix = model.Weights[name].Shape is [_, .., > 1];
            Assert.Equal(isMatrix ? [.. expected.Select(value => (float)(Half)value)] : expected, TensorValues.Of(read.Weights[name]));
            Assert.Equal(isMatrix ? TensorType.F16 : TensorType.F32, read.Weights[name].Type);
        });
        File.Move(_folder["half/onnx/model.onnx"], _folder["model.onnx"]);
        Directory.Delete(_folder["half"], recursive: true);
        Compare(read, architecture);
        model.SaveOnnx(_folder["single.onnx"]);
        long matrices = read.Weights!.Names.Select(name => read.Weights[name]).Where(tensor => tensor.Type == TensorType.F16)
            .DistinctBy(tensor => tensor.Address).Sum(tensor => (long)tensor.Count);
        // A conversion of each matrix is less than 300 bytes.
        long saved = new FileInfo(_folder["single.onnx"]).Length - new FileInfo(_folder["model.onnx"]).Length;
        Assert.InRange(saved, 2 * matrices - 300 * read.Weights.Names.Count(), 2 * matrices);
    }

    [Fact]
    public void Half_precision_is_refused_where_it_cannot_be_written()
    {
        new TinyCheckpoint().Load().SavePretrainedOnnx(_folder["graph"]);
        BertModel graph = BertModel.FromPretrained(_folder["graph"]);
        Assert.Contains("consists of a graph", Assert.Throws<NotSupportedException>(
            () => graph.SaveOnnx(_folder["half.onnx"], BertOnnxPrecision.Float16)).Message, StringComparison.Ordinal);
        Assert.Equal("precision", Assert.Throws<ArgumentOutOfRangeException>(
            () => graph.SaveOnnx(_folder["half.onnx"], (BertOnnxPrecision)7)).ParamName);
        Assert.False(File.Exists(_folder["half.onnx"]));
        BertWeights large = BertWeights.Create([(CanonicalNames.WordEmbeddings, [1, 2], [1f, -1e5f])]);
        var weight = new GraphWeight(CanonicalNames.WordEmbeddings, OnnxGraph.Float16, IsTransposed: false, [1, 2]);
        Assert.Contains("word_embeddings.weight' contains -100000, but half precision ends at 65504",
            Assert.Throws<NotSupportedException>(() => { weight.Of(large); }).Message, StringComparison.Ordinal);
    }

    private void Compare(TinyCheckpoint checkpoint)
    {
        BertModel model = checkpoint.Load();
        model.SaveOnnx(_folder["model.onnx"]);
        Compare(model, checkpoint.Architecture);
    }

    /// <summary>Compares the outputs of the file with a plain computation.</summary>
    private void Compare(BertModel model, string architecture)
    {
        var plain = new PlainBert(model);
        (string Name, double[] Values)[] expected =
            architecture[Math.Max(0, architecture.IndexOf("For", StringComparison.Ordinal))..] switch
        {
            "ForSequenceClassification" => [("logits", plain.SequenceLogits(Ids, Types))],
            "ForTokenClassification" => [("logits", Flat(plain.TokenLogits("classifier", Ids, Types)))],
            "ForQuestionAnswering" =>
                [.. new[] { "start_logits", "end_logits" }.Select(
                    (name, i) => (name, plain.TokenLogits("qa_outputs", Ids, Types).Select(token => token[i]).ToArray()))],
            "ForMaskedLM" => [("logits", Flat(plain.MaskedWordScores(Ids, Types, [.. Enumerable.Range(0, Ids.Length)])))],
            "ForPreTraining" => [("logits", plain.ReplacedTokenLogits(Ids, Types))],
            "ForNextSentencePrediction" => [("seq_relationship_logits", plain.NextSentenceLogits(Ids, Types))],
            _ => [("last_hidden_state", Flat(plain.LastHiddenState(Ids, Types)))],
        };
        Dictionary<string, float[]> actual = Run(_folder["model.onnx"]);
        foreach ((string name, double[] values) in expected)
        {
            Assert.Equal(values.Length, actual[name].Length);
            Assert.All(values.Zip(actual[name]), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        }
        bool hasPooler = !architecture.Contains("For", StringComparison.Ordinal) && model.Weights!.Contains("pooler.dense.weight");
        Assert.Equal(hasPooler ? ["last_hidden_state", "pooler_output"] : expected.Select(output => output.Name), actual.Keys);
        Assert.Equal([_folder["model.onnx"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_checkpoint_whose_weights_are_exchanged_for_the_file_gives_the_same()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load();
        model.SavePretrained(_folder["saved"]);
        File.Delete(_folder["saved/model.safetensors"]);
        model.SaveOnnx(_folder["saved/model.onnx"]);
        BertModel exported = BertModel.FromPretrained(_folder["saved"]);
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(
            new[] { new { Text = "the [MASK] is good" }, new { Text = "i [MASK] it , and you [MASK] it" } });
        float[][] Scores(BertModel of)
        {
            using BertFillMaskTransformer filled = ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", of).Fit(data);
            return [.. filled.Transform(data).GetColumn<float[]>("MaskScores")];
        }
        Assert.All(Scores(model).Zip(Scores(exported)),
            row => Assert.All(row.First.Zip(row.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-6f)));

        exported.SaveOnnx(_folder["again.onnx"]);
        Assert.Equal(File.ReadAllBytes(_folder["saved/model.onnx"]), File.ReadAllBytes(_folder["again.onnx"]));
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_nothing_behind()
    {
        BertModel model = new TinyCheckpoint().Load();
        Assert.ThrowsAny<IOException>(() => model.SaveOnnx(_folder["nowhere/model.onnx"]));
        Directory.CreateDirectory(_folder["taken.onnx"]);
        Assert.ThrowsAny<Exception>(() => model.SaveOnnx(_folder["taken.onnx"]));
        Assert.Equal([_folder["taken.onnx"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    /// <summary>The outputs for the row, which stands in a batch behind a shorter one, without its padding.</summary>
    private static Dictionary<string, float[]> Run(string file)
    {
        using var options = new SessionOptions();
        using var session = new InferenceSession(file, options);
        int length = Ids.Length + 2;
        long[] Padded(IEnumerable<int> values) => [.. Pad(values.Take(3)), .. Pad(values)];
        IEnumerable<long> Pad(IEnumerable<int> values) =>
            values.Select(value => (long)value).Concat(Enumerable.Repeat(0L, length)).Take(length);
        var inputs = new Dictionary<string, long[]>
        {
            ["input_ids"] = Padded(Ids),
            ["attention_mask"] = Padded(Ids.Select(_ => 1)),
            ["token_type_ids"] = Padded(Types),
        };
        Dictionary<string, OrtValue> values =
            session.InputNames.ToDictionary(name => name, name => OrtValue.CreateTensorValueFromMemory(inputs[name], [2, length]));
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, values, session.OutputNames);
        return session.OutputNames.Zip(outputs).ToDictionary(output => output.First, output =>
        {
            float[] all = output.Second.GetTensorDataAsSpan<float>().ToArray(), second = all[(all.Length / 2)..];
            bool perToken = output.Second.GetTensorTypeAndShape().Shape is [_, var tokens, ..] && tokens == length;
            return perToken ? second[..(second.Length / length * Ids.Length)] : second;
        });
    }

    private static double[] Flat(double[][] rows) => [.. rows.SelectMany(row => row)];
}
