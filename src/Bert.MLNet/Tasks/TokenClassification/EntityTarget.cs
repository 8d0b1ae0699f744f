using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Texts with their entities: a row of the training is a window of a text, and those without labels are left out.</summary>
internal sealed class EntityTarget(EntityLabels labels, TokenLabeller labeller) : TrainingTarget
{
    private long _missing;

    public EntityLabels Labels => labels;

    public override IReadOnlyList<DataViewSchema.Column> Columns => labels.Columns;

    public override string? Warning => _missing > 0
        ? $"Rows without labels in column '{labels.Column.Name}', which are left out: {_missing}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        Func<IEnumerable<TrainingRow>?> read = labels.CreateReader(row, labeller);
        return () =>
        {
            if (read() is { } some)
                rows.AddRange(some);
            else
                _missing++;
        };
    }

    public override void CheckSame(TrainingTarget other) => labels.CheckSame(((EntityTarget)other).Labels);
}
