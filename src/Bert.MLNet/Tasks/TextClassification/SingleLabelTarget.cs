using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of keys, with one label for each row. A value that does not occur in any row is also a label.</summary>
internal class SingleLabelTarget : LabelTarget
{
    private readonly ClassificationTrainingOptions _options;

    public SingleLabelTarget(DataViewSchema.Column column, ClassificationTrainingOptions options)
        : this(column, KeyValues.Of(column) ?? KeyValues.Numbered(checked((int)((KeyDataViewType)column.Type).Count)), options)
    {
    }

    protected SingleLabelTarget(DataViewSchema.Column column, KeyValues labels, ClassificationTrainingOptions options)
        : base(column, labels)
    {
        _options = options;
        if (Labels.Count < 2)
        {
            throw new InvalidOperationException(
                $"The labels of column '{Column.Name}' have only one value, '{Labels.Names[0]}', so there is nothing to distinguish. " +
                "Give rows of at least two labels.");
        }
        if (options.ClassWeights is { } weights && weights.Count != Labels.Count)
        {
            throw new ArgumentException(
                $"{nameof(options.ClassWeights)} has {weights.Count} numbers, but column '{Column.Name}' has {Labels.Count} " +
                $"labels: {string.Join(", ", Labels.Names.Take(20))}. Give one for each.", nameof(options));
        }
    }

    public override BertProblemType Problem => BertProblemType.SingleLabelClassification;

    protected override string ProblemType => "single_label_classification";

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        ValueGetter<uint> getter = KeyValues.CreateGetter(row, Column);
        uint key = 0;
        return () =>
        {
            getter(ref key);
            return key == 0 ? null : [key - 1];
        };
    }

    public override (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows)
    {
        int[] counts = new int[Labels.Count];
        foreach (TrainingRow row in rows.Where(row => !row.HasTeacherOnly))
            counts[(int)row.Targets[0]]++;
        int present = counts.Count(count => count > 0);
        if (present < 2)
        {
            string what = present == 0
                ? "No row has a label"
                : $"All {counts.Sum()} rows have the label '{Labels.Names[Array.FindIndex(counts, count => count > 0)]}'";
            throw new InvalidOperationException(
                $"{what} in column '{Column.Name}', so there is nothing to distinguish. " +
                "Give rows of at least two labels.");
        }
        float[] weights = Weights(counts, present, counts.Sum());
        if (weights.Length > 0)
            rows = [.. rows.Select(row => row.HasTeacherOnly ? row : row with { Weight = weights[(int)row.Targets[0]] })];
        return (new SingleLabelObjective(weights, _options.LabelSmoothing) { DefaultTemperature = _options.Temperature }, rows);
    }

    private float[] Weights(int[] counts, int present, int rows) =>
        _options.ClassWeights is { } given ? [.. given]
        : _options.BalanceClasses ? [.. counts.Select(count => count == 0 ? 0f : (float)rows / present / count)]
        : [];
}
