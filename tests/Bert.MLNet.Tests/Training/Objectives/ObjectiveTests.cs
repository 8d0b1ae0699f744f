using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>Losses and metrics against their formulas, worked out on paper or in plain loops.</summary>
[Collection(UsesTorch.Name)]
public class ObjectiveTests
{
    private static readonly float[][] s_outputs = [[1, 0, -1], [0.5f, 2, 0]];

    public ObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Cross_entropy_weighs_labels_and_smooths_them()
    {
        float[] weights = [1, 3, 0.5f];
        const double smoothing = 0.1;
        double expected = 0;
        foreach ((float[] logits, int label) in s_outputs.Zip([0, 1]))
        {
            double sum = logits.Sum(x => Math.Exp(x));
            double[] nll = [.. logits.Select(x => Math.Log(sum) - x)];
            expected += (1 - smoothing) * weights[label] * nll[label] +
                smoothing / 3 * nll.Zip(weights).Sum(pair => pair.First * pair.Second);
        }
        Assert.Equal(expected, Loss(new SingleLabelObjective(weights, smoothing), [0], [1]), 1e-5);
    }

    [Fact]
    public void Several_labels_have_a_logistic_loss_each()
    {
        float[][] targets = [[1, 0, 1], [0, 0, 1]];
        double expected = s_outputs.Zip(targets)
            .Sum(row => row.First.Zip(row.Second).Average(x => Math.Log(1 + Math.Exp(x.First)) - x.Second * x.First));
        Assert.Equal(expected, Loss(new MultiLabelObjective(), targets), 1e-5);
    }

    [Fact]
    public void Values_have_a_squared_error_in_deviations() =>
        Assert.Equal(Math.Pow(1 - (5 - 3) / 2.0, 2) + Math.Pow(0.5 - (4 - 3) / 2.0, 2),
            Loss(new RegressionObjective(mean: 3, deviation: 2), [5], [4]), 1e-5);

    [Fact]
    public void Starts_and_ends_of_answers_have_a_cross_entropy_over_the_tokens_of_their_row()
    {
        // The second row has two tokens and padding, which must not count.
        float[][] starts = [[1, 0, -1], [0.5f, 2, 9]], ends = [[0, 3, 1], [-1, 0, 9]];
        TrainingRow[] rows = [new([2, 9, 3], 3, 0, [1, 2]), new([2, 3], 2, 1, [0, 1], Weight: 3)];
        double expected = 0;
        for (int r = 0; r < 2; r++)
        {
            double Nll(float[] logits, int which) =>
                Math.Log(logits.Take(rows[r].Length).Sum(x => Math.Exp(x))) - logits[(int)rows[r].Targets[which]];
            expected += rows[r].Weight * (Nll(starts[r], 0) + Nll(ends[r], 1)) / 2;
        }
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor outputs = torch.tensor(
            starts.Zip(ends).SelectMany(row => row.First.Zip(row.Second).SelectMany(token => new[] { token.First, token.Second }))
                .ToArray(), 2, 3, 2).requires_grad_();
        torch.Tensor loss = new AnswerSpanObjective(_ => 0).Loss(outputs, rows);
        Assert.Equal(expected, loss.item<float>(), 1e-5);
        loss.backward();
        Assert.Equal([0, 0], outputs.grad!.data<float>().TakeLast(2));
    }

    [Fact]
    public void Metrics_are_shares_of_hits()
    {
        Assert.Equal(0.5, new SingleLabelObjective([], 0).Metric(Rows(s_outputs, [[0], [2]])));
        // Predicted: 0 of the first row; 0 and 1 of the second. Due: 0 and 2 of the first, 1 of the second. Two hits.
        Assert.Equal(2.0 * 2 / (3 + 3), new MultiLabelObjective().Metric(Rows(s_outputs, [[1, 0, 1], [0, 1, 0]])), 1e-9);
        Assert.Equal(1, new RegressionObjective().Metric(Rows([[1], [2], [3]], [[10], [20], [30]])), 1e-9);
        Assert.Equal(-1, new RegressionObjective().Metric(Rows([[1], [2], [3]], [[3], [2], [1]])), 1e-9);
        Assert.Equal(0, new RegressionObjective().Metric(Rows([[1], [1]], [[3], [2]])));
    }

    [Fact]
    public void Each_labelled_token_has_a_cross_entropy_of_its_own()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        // Rows of 3 and 2 tokens, padded to 3, of 2 labels.
        float[] outputs = [9, -9, 1, 0, 0.5f, 2, 0, 3, 7, 7, 8, -8];
        TrainingRow[] rows = [new([2, 5, 3], 3, 0, [-100, 0, 1], 2), new([2, 3], 2, 1, [0, -100], 1)];
        double expected = -Math.Log(Math.E / (Math.E + 1)) - Math.Log(Math.Exp(2) / (Math.Exp(0.5) + Math.Exp(2))) - Math.Log(
            1 / (1 + Math.Exp(3)));
        Assert.Equal(expected, new TokenClassificationObjective(2, "F1", _ => 0).Loss(torch.tensor(outputs, 2, 3, 2), rows).item<float>(),
            1e-5);
    }

    [Fact]
    public void Labels_of_the_windows_of_a_text_are_measured_together()
    {
        (TrainingRow, float[])[] windows =
        [
            (new([2, 5, 6, 3], 4, 7, [-100, 0, 1, -100]), [0, 0, 1, 0, 1, 0, 0, 0]),
            (new([2, 8, 3], 3, 4, [-100, 1, -100]), [0, 0, 0, 1, 0, 0, 9, 9]), // padded
            (new([2, 7, 3], 3, 7, [-100, 1, -100]), [0, 0, 0, 1, 0, 0, 0, 0]),
        ];
        List<string> texts = [];
        var objective = new TokenClassificationObjective(2, "F1", all =>
        {
            texts.AddRange(TokenClassificationObjective.Texts(all, 2)
                .Select(text => $"{string.Join(' ', text.Right)}; {string.Join(' ', text.Predicted)}"));
            return 0.25;
        });
        Assert.Equal(0.25, objective.Metric(windows));
        Assert.Equal(["0 1 1; 0 0 1", "1; 1"], texts);
    }

    [Fact]
    public void A_rescaled_head_gives_rescaled_values()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load();
        using var module = new BertForSequenceClassification(model.Config);
        module.Load(model.Weights!);
        module.eval();
        using DisposeScope scope = torch.NewDisposeScope();
        var batch = new PaddedBatch([new EncodedRow([2, 20, 30, 3], 4)]);
        float[] before = module.Forward(batch).data<float>().ToArray();
        module.Rescale(2, 7);
        Assert.All(before.Zip(module.Forward(batch).data<float>()), pair => Assert.Equal(2 * pair.First + 7, pair.Second, 1e-4f));
    }

    private static double Loss(SequenceObjective objective, params float[][] targets)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        float[][] outputs = objective is RegressionObjective ? [.. s_outputs.Select(row => row[..1])] : s_outputs;
        torch.Tensor values = torch.tensor(outputs.SelectMany(row => row).ToArray(), outputs.Length, outputs[0].Length);
        return objective.Loss(values, [.. Rows(outputs, targets).Select(row => row.Row)]).item<float>();
    }

    private static (TrainingRow Row, float[] Outputs)[] Rows(float[][] outputs, float[][] targets) =>
        [.. outputs.Zip(targets, (output, target) => (new TrainingRow([2, 3], 2, 0, target), output))];
}
