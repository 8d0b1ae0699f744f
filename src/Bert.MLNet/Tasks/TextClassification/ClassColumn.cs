using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of keys: one of their values is right for each row. A value that no row has is a label all the same.</summary>
internal sealed class ClassColumn : TargetColumn
{
    private readonly TextClassificationTrainer.Options _options;

    public ClassColumn(DataViewSchema schema, TextClassificationTrainer.Options options)
        : base(InputColumn.Find(schema, options.LabelColumnName, nameof(options.LabelColumnName), Expected, type => type is KeyDataViewType))
    {
        _options = options;
        Labels = KeyValues.Of(Column) ?? KeyValues.Of(Enumerable.Range(0, checked((int)((KeyDataViewType)Column.Type).Count)).Select(i => $"LABEL_{i}"));
        if (Labels.Count < 2)
            throw new InvalidOperationException($"The labels of column '{Column.Name}' have one value, '{Labels.Names[0]}', so there is nothing to tell apart. Give rows of at least two labels.");
        if (options.ClassWeights is { } weights && weights.Count != Labels.Count)
            throw new ArgumentException($"{nameof(options.ClassWeights)} has {weights.Count} numbers, and column '{Column.Name}' has {Labels.Count} labels: {string.Join(", ", Labels.Names.Take(20))}. Give one for each.");
    }

    /// <summary>What the column has to be, in words.</summary>
    public static string Expected => "a key (MapValueToKey makes one)";

    /// <summary>What the keys stand for.</summary>
    public KeyValues Labels { get; }

    public override BertConfig ConfigOf(BertModel model) => ConfigOf(model, Labels.Names, "single_label_classification");

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
        foreach (TrainingRow row in rows)
            counts[(int)row.Targets[0]]++;
        int present = counts.Count(count => count > 0);
        if (present < 2)
        {
            string what = present == 0 ? "No row has a label" : $"All {rows.Length} rows have the label '{Labels.Names[Array.FindIndex(counts, count => count > 0)]}'";
            throw new InvalidOperationException($"{what} in column '{Column.Name}', so there is nothing to tell apart. Give rows of at least two labels.");
        }
        float[] weights = Weights(counts, present, rows.Length);
        if (weights.Length > 0)
            rows = [.. rows.Select(row => row with { Weight = weights[(int)row.Targets[0]] })];
        return (new SingleLabelObjective(weights, _options.LabelSmoothing), rows);
    }

    public override void CheckSame(TargetColumn other)
    {
        if (!((ClassColumn)other).Labels.Names.SequenceEqual(Labels.Names))
            throw new ArgumentException($"The keys of column '{Column.Name}' stand for other values in the validation set than in the training data. Transform both with one fitted MapValueToKey.", nameof(other));
    }

    private float[] Weights(int[] counts, int present, int rows) =>
        _options.ClassWeights is { } given ? [.. given]
        : _options.BalanceClasses ? [.. counts.Select(count => count == 0 ? 0f : (float)rows / present / count)]
        : [];
}
