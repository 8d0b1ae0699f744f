using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Several texts in a row, tokenized separately, and a label if the loss needs one.</summary>
/// <param name="texts">The text columns.</param>
/// <param name="label">The label column; null if the loss needs none.</param>
/// <param name="encode">Appends the tokens of a text.</param>
/// <param name="teacher">Computes the labels from the first texts; null if they are those of the label column.</param>
internal sealed class TextsTarget(
    DataViewSchema.Column[] texts, SequenceLabels? label, Action<ReadOnlyMemory<char>, List<int>> encode, EmbeddingTeacher? teacher)
    : TrainingTarget
{
    private readonly List<string> _toTeach = [];

    private long _missing;

    /// <summary>The label column.</summary>
    public SequenceLabels? Label => label;

    public override IReadOnlyList<DataViewSchema.Column> Columns => label is null ? texts : [.. texts, label.Column];

    public override string? Warning => _missing > 0
        ? $"Rows without a label in column '{label!.Column.Name}', which are skipped: {_missing}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        ValueGetter<ReadOnlyMemory<char>>[] getters = [.. texts.Select(row.GetGetter<ReadOnlyMemory<char>>)];
        Func<float[]?> getTargets = label?.CreateReader(row) ?? (() => []);
        ReadOnlyMemory<char> text = default;
        var ids = new List<int>();
        return () =>
        {
            if (getTargets() is not { } targets)
            {
                _missing++;
                return;
            }
            ids.Clear();
            int[] ends = new int[getters.Length];
            for (int i = 0; i < ends.Length; i++)
            {
                getters[i](ref text);
                if (i == 0 && teacher is not null)
                    _toTeach.Add(text.ToString());
                encode(text, ids);
                ends[i] = ids.Count;
            }
            rows.Add(new SentencesRow([.. ids], ends, row.Position, targets));
        };
    }

    public override void Complete(List<TrainingRow> rows, CancellationToken cancellationToken)
    {
        if (teacher is null)
            return;
        foreach ((int row, float[] vector) in teacher.Vectors(_toTeach, cancellationToken).Index())
            rows[row] = rows[row] with { Targets = vector };
    }

    public override void CheckSame(TrainingTarget other)
    {
        if (label is not null)
            label.CheckSame(((TextsTarget)other).Label!);
    }
}
