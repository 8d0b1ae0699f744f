using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Questions on contexts with their answers. A training row is a window of a context.</summary>
internal sealed class QuestionTarget(QuestionColumns columns, AnswerLabeller labeller) : TrainingTarget
{
    public override IReadOnlyList<DataViewSchema.Column> Columns => columns.All;

    public override string? Warning => labeller.Moved > 0
        ? $"Answers that do not occur at their index in column '{columns.Indices.Name}' and were found elsewhere in the context: " +
            $"{labeller.Moved}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        Func<AnsweredQuestion> read = columns.CreateReader(row);
        return () => rows.AddRange(labeller.Rows(read(), row.Position));
    }
}
