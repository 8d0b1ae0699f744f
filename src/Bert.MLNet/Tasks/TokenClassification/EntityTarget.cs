using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Texts with their entities. A training row is a window of a text; texts without labels are skipped.</summary>
internal sealed class EntityTarget(EntityLabels labels, TokenLabeller labeller) : TrainingTarget
{
    private long _missing;

    public EntityLabels Labels => labels;

    public override IReadOnlyList<DataViewSchema.Column> Columns => labels.Columns;

    public override string? Warning => _missing > 0
        ? $"Rows without labels in column '{labels.Column.Name}', which are skipped: {_missing}."
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
