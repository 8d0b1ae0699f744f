using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of vectors that contain any number of labels: as keys, or as a Boolean value for each label.</summary>
internal sealed class MultiLabelTarget : LabelTarget
{
    private readonly double? _temperature;

    public MultiLabelTarget(DataViewSchema.Column column, TextClassificationTrainer.Options options) : base(column, LabelsOf(column))
    {
        _temperature = options.Temperature;
        if (options.ClassWeights is not null || options.BalanceClasses || options.LabelSmoothing > 0
            || options.InScopeRate is not null)
        {
            throw new ArgumentException(
                $"A row of column '{column.Name}' has any number of labels, but {nameof(options.ClassWeights)}, " +
                $"{nameof(options.BalanceClasses)}, {nameof(options.LabelSmoothing)} and {nameof(options.InScopeRate)} require one label " +
                "for each row. Do not set them.", nameof(options));
        }
        if (options.Thresholds.Count != 1 && options.Thresholds.Count != Labels.Count)
        {
            throw new ArgumentException(
                $"{nameof(options.Thresholds)} has {options.Thresholds.Count} numbers, but column '{column.Name}' has " +
                $"{Labels.Count} labels: {string.Join(", ", Labels.Names.Take(20))}. " +
                "Give one for all, or one for each.", nameof(options));
        }
    }

    /// <summary>Returns whether a column has one of these types.</summary>
    public static bool Fits(DataViewType type) =>
        type is VectorDataViewType { ItemType: KeyDataViewType } or VectorDataViewType { ItemType: BooleanDataViewType, IsKnownSize: true };

    public override BertProblemType Problem => BertProblemType.MultiLabelClassification;

    protected override string ProblemType => "multi_label_classification";

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        if (Column.Type is VectorDataViewType { ItemType: BooleanDataViewType })
        {
            var flags = row.GetGetter<VBuffer<bool>>(Column);
            VBuffer<bool> values = default;
            return () =>
            {
                flags(ref values);
                return [.. values.DenseValues().Select(value => value ? 1f : 0f)];
            };
        }
        var getter = row.GetGetter<VBuffer<uint>>(Column);
        VBuffer<uint> keys = default;
        return () =>
        {
            getter(ref keys);
            float[] targets = new float[Labels.Count];
            foreach (uint key in keys.GetValues())
            {
                if (key > 0)
                    targets[key - 1] = 1;
            }
            return targets;
        };
    }

    public override (SequenceObjective Objective, TrainingRow[] Rows) Learn(TrainingRow[] rows) => rows.Any(row => row.Targets.Contains(1f))
        ? (new MultiLabelObjective { DefaultTemperature = _temperature }, rows)
        : throw new InvalidOperationException($"No row has a label in column '{Column.Name}', so there is nothing to learn.");

    private static KeyValues LabelsOf(DataViewSchema.Column column) => column.Type is VectorDataViewType { ItemType: KeyDataViewType key }
        ? KeyValues.Of(column) ?? KeyValues.Numbered(checked((int)key.Count))
        : KeyValues.OfSlots(column);
}
