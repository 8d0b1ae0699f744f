using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Texts or pairs of texts with a label. A row of the data is a training row; it is skipped if its label is missing.
/// </summary>
/// <param name="schema">The schema of the data.</param>
/// <param name="texts">The text columns.</param>
/// <param name="label">The label column.</param>
/// <param name="teacher">The outputs of a teacher, with which rows without a label are not skipped; null if there is no teacher.</param>
internal sealed class SequenceTarget<TLabels>(DataViewSchema schema, SequenceTexts texts, TLabels label, TeacherOutputs? teacher = null)
    : TrainingTarget
    where TLabels : SequenceLabels
{
    private readonly DataViewSchema.Column[] _texts = texts.Bind(schema);

    private long _missing;

    /// <summary>The label column.</summary>
    public TLabels Label => label;

    public override IReadOnlyList<DataViewSchema.Column> Columns =>
        [.. _texts, label.Column, .. teacher is null ? Array.Empty<DataViewSchema.Column>() : [teacher.Column]];

    public override string? Warning => _missing > 0
        ? $"Rows without a label in column '{label.Column.Name}', which are skipped: {_missing}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        ValueGetter<ReadOnlyMemory<char>>[] getters = [.. _texts.Select(row.GetGetter<ReadOnlyMemory<char>>)];
        Func<float[]?> getTargets = label.CreateReader(row);
        Func<float[]>? getTeacher = teacher?.CreateReader(row);
        ReadOnlyMemory<char> text = default, pair = default;
        var ids = new List<int>();
        return () =>
        {
            float[] outputs = getTeacher?.Invoke() ?? [];
            float[]? targets = getTargets();
            if (targets is null && getTeacher is null)
            {
                _missing++;
                return;
            }
            getters[0](ref text);
            if (getters.Length > 1)
                getters[1](ref pair);
            ids.Clear();
            int pairStart = texts.Encode(text, pair, ids);
            rows.Add(new TrainingRow([.. ids], pairStart, row.Position, targets ?? []) { Teacher = outputs });
        };
    }

    public override void CheckSame(TrainingTarget other) => label.CheckSame(((SequenceTarget<TLabels>)other).Label);
}
