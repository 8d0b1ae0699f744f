using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>Heads with an LSTM, as modules and as graphs, against plain loops over the last hidden states.</summary>
[Collection(UsesTorch.Name)]
public sealed class BidirectionalLstmTests : IDisposable
{
    private const int Size = 5;

    private static readonly int[][] s_rows = [[2, 50, 60, 70, 61, 62, 3], [2, 3], [2, 80, 81, 3], [2, 90, 91, 92, 93, 94, 95, 96, 3]];

    private readonly TemporaryFolder _folder = new();

    public BidirectionalLstmTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Bert"), InlineData("Roberta"), InlineData("ModernBert"), InlineData("DebertaV2"), InlineData("DistilBert")]
    public void Labels_of_rows_equal_plain_loops_in_a_batch_and_alone(string family)
    {
        using var module = new BertForSequenceClassification(Config(family, HeadKind.SequenceClassification));
        BertModel model = Model(family, module);
        double[][] expected = [.. s_rows.Select(ids =>
        {
            double[][] hidden = Hidden(model, ids);
            double[][] forward = Lstm(model, hidden, ""), backward = Lstm(model, [.. hidden.Reverse()], "_reverse");
            return Classify(model, [.. forward[^1], .. backward[^1]]);
        })];
        Compare(expected, [.. s_rows.Select(ids => Floats(module, () => module.Forward(Batch(ids))))]);
        Compare(expected, Floats(module, () => module.Forward(Batch(s_rows))).Chunk(3));
        Compare(expected, Run(model, s_rows));
        Compare(expected, s_rows.Select(ids => Run(model, ids)[0]));
    }

    [Theory]
    [InlineData("Bert"), InlineData("Roberta"), InlineData("ModernBert"), InlineData("DebertaV2"), InlineData("DistilBert")]
    public void Labels_of_tokens_equal_plain_loops_in_a_batch_and_alone(string family)
    {
        using var module = new BertForTokenClassification(Config(family, HeadKind.TokenClassification));
        BertModel model = Model(family, module);
        double[][] expected = [.. s_rows.Select(ids =>
        {
            double[][] hidden = Hidden(model, ids);
            double[][] forward = Lstm(model, hidden, ""), backward = [.. Lstm(model, [.. hidden.Reverse()], "_reverse").Reverse()];
            return forward.Zip(backward, (one, other) => Classify(model, [.. one, .. other])).SelectMany(logits => logits).ToArray();
        })];
        int longest = s_rows.Max(ids => ids.Length) * 3;
        Compare(expected, [.. s_rows.Select(ids => Floats(module, () => module.Forward(Batch(ids))))]);
        Compare(
            expected,
            Floats(module, () => module.Forward(Batch(s_rows))).Chunk(longest).Zip(s_rows, (row, ids) => row[..(3 * ids.Length)]));
        Compare(expected, Run(model, s_rows));
        Compare(expected, s_rows.Select(ids => Run(model, ids)[0]));
    }

    [Fact]
    public void Saved_checkpoints_and_files_keep_it()
    {
        using var module = new BertForTokenClassification(Config("Bert", HeadKind.TokenClassification));
        BertModel model = Model("Bert", module);
        model.SavePretrained(_folder["saved"]);
        BertModel opened = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(Size, opened.Config.ClassifierLstmSize);
        Assert.Contains("\"classifier_lstm_size\": 5", File.ReadAllText(_folder["saved/config.json"]), StringComparison.Ordinal);
        Assert.Equal(Run(model, s_rows), Run(opened, s_rows));
        Assert.DoesNotContain("classifier_lstm_size", new TinyCheckpoint().Load().Config.ToJson(), StringComparison.Ordinal);

        // Without its weights, the folder runs the graph, which contains the standard operator.
        File.Delete(_folder["saved/model.safetensors"]);
        Directory.CreateDirectory(_folder["saved/onnx"]);
        opened.SaveOnnx(_folder[Path.Combine("saved", opened.GraphPath)]);
        Assert.True(File.ReadAllBytes(_folder[Path.Combine("saved", opened.GraphPath)]).AsSpan().IndexOf("LSTM"u8) > 0);
        Compare(Run(model, s_rows).Select(row => Array.ConvertAll(row, value => (double)value)).ToArray(),
            Run(BertModel.FromPretrained(_folder["saved"]), s_rows));
    }

    [Fact]
    public void Sizes_in_a_config_that_are_not_plausible_are_refused()
    {
        Assert.Equal(0, BertConfig.Parse("""{ "model_type": "bert", "classifier_lstm_size": 0 }""").ClassifierLstmSize);
        Assert.Equal(64, BertConfig.Parse("""{ "model_type": "bert", "classifier_lstm_size": 64 }""").ClassifierLstmSize);
        foreach (string size in new[] { "-1", "1073741824", "\"64\"" })
        {
            string json = $$"""{ "model_type": "bert", "classifier_lstm_size": {{size}} }""";
            string message = Assert.Throws<InvalidDataException>(() => BertConfig.Parse(json)).Message;
            Assert.Contains("classifier_lstm_size", message, StringComparison.Ordinal);
        }
    }

    private static BertConfig Config(string family, HeadKind kind) => new TinyCheckpoint { Architecture = family + "Model" }.Load().Config
        .WithHead(kind, ["a", "b", "c"]).WithLstm(Size);

    private static BertModel Model(string family, TrainableModule module)
    {
        module.eval();
        return new TinyCheckpoint { Architecture = family + "Model" }.Load().WithTrained(module.Config, module.ToWeights(), new());
    }

    private static double[][] Hidden(BertModel model, int[] ids) => new PlainBert(model).LastHiddenState(ids, new int[ids.Length]);

    // PyTorch's equations, gate by gate.
    private static double[][] Lstm(BertModel model, double[][] inputs, string suffix)
    {
        float[] ih = Values("weight_ih_l0"), hh = Values("weight_hh_l0"), bi = Values("bias_ih_l0"), bh = Values("bias_hh_l0");
        double[] state = new double[Size], cell = new double[Size];
        return [.. inputs.Select(input =>
        {
            double Gate(int gate, int unit, double[] last)
            {
                int row = gate * Size + unit;
                return bi[row] + bh[row] + input.Select((x, i) => x * ih[row * input.Length + i]).Sum()
                    + last.Select((h, i) => h * hh[row * Size + i]).Sum();
            }

            double[] last = state;
            cell =
            [
                .. cell.Select((c, unit) =>
                    Sigmoid(Gate(1, unit, last)) * c + Sigmoid(Gate(0, unit, last)) * Math.Tanh(Gate(2, unit, last))),
            ];
            return state = [.. cell.Select((c, unit) => Sigmoid(Gate(3, unit, last)) * Math.Tanh(c))];
        })];

        float[] Values(string name) => BidirectionalLstmTests.Values(model, $"lstm.{name}{suffix}");

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    private static double[] Classify(BertModel model, double[] states)
    {
        string name = model.Weights!.Contains("classifier.weight") ? "classifier" : "classifier.out_proj";
        float[] weight = Values(model, name + ".weight"), bias = Values(model, name + ".bias");
        return [.. bias.Select((b, label) => b + states.Select((x, i) => x * weight[label * states.Length + i]).Sum())];
    }

    private static float[] Values(BertModel model, string name)
    {
        float[] values = new float[model.Weights![name].Count];
        model.Weights[name].CopyTo(values);
        return values;
    }

    private static PaddedBatch Batch(params int[][] rows) => new([.. rows.Select(ids => new EncodedRow(ids, ids.Length))]);

    private static float[] Floats(TrainableModule module, Func<torch.Tensor> forward)
    {
        Assert.False(module.training);
        using DisposeScope scope = torch.NewDisposeScope();
        using var quiet = torch.no_grad();
        return forward().data<float>().ToArray();
    }

    private static float[][] Run(BertModel model, params int[][] rows)
    {
        bool byToken = model.Config.Architectures[0].EndsWith("TokenClassification", StringComparison.Ordinal);
        using EncoderSession session = EncoderSession.Acquire(
            model, new(byToken ? EncoderOutput.TokenLogits : EncoderOutput.SequenceLogits));
        TokenSequence<float[]>[] sequences = [.. rows.Select(ids => SequenceVectors.Sequence(ids))];
        TokenSequence<float[]>[] batch = [.. sequences.OrderByDescending(sequence => sequence.Length)];
        session.Run<TokenSequence<float[]>>(batch, (sequence, outputs) =>
            sequence.Kept = (byToken ? outputs[0][..(3 * sequence.Length)] : outputs[0]).ToArray());
        return [.. sequences.Select(sequence => sequence.Kept)];
    }

    private static void Compare(double[][] expected, IEnumerable<float[]> actual)
    {
        float[][] all = [.. actual];
        Assert.Equal(expected.Length, all.Length);
        foreach ((double[] one, float[] other) in expected.Zip(all))
        {
            Assert.Equal(one.Length, other.Length);
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }
}
