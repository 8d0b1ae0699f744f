using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns one label for each token, with cross-entropy. A row has a target for each token, the number of its label or
/// <see cref="Ignored"/>. Its weight is the number of its labels, so that a label counts the same in short and long rows. Rows of the
/// same position are windows of a text.
/// </summary>
/// <param name="labels">The number of labels.</param>
/// <param name="metricName">The name of the metric.</param>
/// <param name="metric">Computes the metric from rows and the logits of their tokens.</param>
internal sealed class TokenClassificationObjective(
    int labels, string metricName, Func<IReadOnlyList<(TrainingRow Row, float[] Outputs)>, double> metric)
    : FineTuningObjective<BertForTokenClassification>
{
    /// <summary>The target of a token that is not trained on, as in PyTorch.</summary>
    public const int Ignored = -100;

    public override string MetricName => metricName;

    public override BertForTokenClassification CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    public override Tensor Forward(BertForTokenClassification module, PaddedBatch batch) => module.Forward(batch);

    public override Tensor Loss(Tensor outputs, IReadOnlyList<TrainingRow> rows)
    {
        int length = (int)outputs.shape[1];
        long[] targets = new long[rows.Count * length];
        Array.Fill(targets, Ignored);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int token = 0; token < rows[row].Length; token++)
                targets[row * length + token] = (long)rows[row].Targets[token];
        }
        return functional.cross_entropy(outputs.flatten(0, 1), tensor(targets), ignore_index: Ignored, reduction: Reduction.Sum);
    }

    public override Tensor TeacherLoss(Tensor outputs, IReadOnlyList<TrainingRow> rows, double temperature)
    {
        var places = new List<long>();
        var expected = new List<float>();
        foreach ((int row, TrainingRow item) in rows.Index())
        {
            for (int token = 0; token < item.Length; token++)
            {
                if (float.IsNaN(item.Teacher[token * labels]))
                    continue;
                places.Add(row * outputs.shape[1] + token);
                expected.AddRange(item.Teacher.AsSpan(token * labels, labels));
            }
        }
        Tensor chosen = outputs.flatten(0, 1).index_select(0, tensor([.. places]));
        return TeacherDivergence.OfLabel(chosen, tensor([.. expected], places.Count, labels), temperature).sum();
    }

    public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => metric(rows);

    /// <summary>The correct and the predicted labels of texts, of which the rows are windows.</summary>
    /// <param name="rows">The rows and the logits of their tokens.</param>
    /// <param name="labels">The number of labels.</param>
    public static IEnumerable<(int[] Right, int[] Predicted)> Texts(
        IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows, int labels) =>
        rows.GroupBy(row => row.Row.Position).Select(text =>
        {
            (int Right, int Predicted)[] words = [.. text.SelectMany(window => Labels(window.Row, window.Outputs, labels))];
            return (words.Select(word => word.Right).ToArray(), words.Select(word => word.Predicted).ToArray());
        });

    // The outputs continue beyond the row if it is padded.
    private static IEnumerable<(int Right, int Predicted)> Labels(TrainingRow row, float[] outputs, int labels)
    {
        for (int token = 0; token < row.Length; token++)
        {
            if (row.Targets[token] != Ignored)
                yield return ((int)row.Targets[token], TensorPrimitives.IndexOfMax<float>(outputs.AsSpan(token * labels, labels)));
        }
    }
}
