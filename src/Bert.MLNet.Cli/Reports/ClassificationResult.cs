using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A classifier's predictions for rows with known labels.</summary>
internal sealed class ClassificationResult
{
    /// <summary>Counts the predictions.</summary>
    /// <param name="labels">The labels, in the order of the scores.</param>
    /// <param name="rows">The rows; labels and predictions are indices into <paramref name="labels"/>.</param>
    /// <param name="unknown">The number of other rows, whose labels the model has never seen.</param>
    public ClassificationResult(IReadOnlyList<string> labels, IReadOnlyList<ClassifiedRow> rows, int unknown = 0)
    {
        (Labels, Rows, UnknownRows) = (labels, rows, unknown);
        Confusion = new int[labels.Count, labels.Count];
        foreach (ClassifiedRow row in rows)
            Confusion[row.Label, row.Predicted]++;
        Calibration = new Calibration(rows.Select(row => (row.Confidence, row.IsRight)));
    }

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<ClassifiedRow> Rows { get; }

    /// <summary>The number of rows whose label the model has never seen. As in ML.NET's metrics, they do not count.</summary>
    public int UnknownRows { get; }

    /// <summary>The number of rows with the first label for which the second was predicted.</summary>
    public int[,] Confusion { get; }

    public Calibration Calibration { get; }

    /// <summary>Precision, recall and F1 of each label.</summary>
    public IEnumerable<ClassScores> Classes => Labels.Select((label, i) => new ClassScores(
        label, Confusion[i, i], Count(other => Confusion[i, other]), Count(other => Confusion[other, i])));

    /// <summary>The unweighted mean of the F1 of all labels that occur or were predicted.</summary>
    public double MacroF1 => Classes.Where(scores => scores.Support + scores.Predicted > 0).Select(scores => scores.F1)
        .DefaultIfEmpty(double.NaN).Average();

    /// <summary>
    /// The probability, 0 to 1, that of two rows with different labels, the one with the second label has the higher score for it. Equal
    /// scores count half. Null unless there are two labels, NaN unless both occur.
    /// </summary>
    public double? AreaUnderRocCurve => Labels.Count == 2 ? RocCurve.Area(Rows.Select(row => (row.Scores[1], row.Label == 1))) : null;

    /// <summary>Reads the predictions of a model of <c>text-classification</c>.</summary>
    public static ClassificationResult Read(MLContext ml, IDataView predictions)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        predictions.Schema["Score"].GetSlotNames(ref names);
        string[] labels = [.. names.DenseValues().Select(name => name.ToString())];
        var places = labels.Index().ToDictionary(label => label.Item, label => label.Index);
        Row[] rows = [.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false)];
        ClassifiedRow[] known = [
            .. rows.Where(row => row.Label > 0)
                .Select(row => new ClassifiedRow(row.Sentence1, row.Sentence2, (int)row.Label - 1, places[row.PredictedLabel], row.Score))];
        return new ClassificationResult(labels, known, rows.Length - known.Length);
    }

    private int Count(Func<int, int> count) => Enumerable.Range(0, Labels.Count).Sum(count);

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public uint Label { get; set; }

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
