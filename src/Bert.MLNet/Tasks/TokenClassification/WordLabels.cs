using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Labels of words, one for each. A missing label is O; a row with words but without labels is used only if there is a teacher.
/// </summary>
internal sealed class WordLabels : EntityLabels
{
    private readonly DataViewSchema.Column _words;
    private readonly TeacherOutputs? _teacher;

    /// <param name="schema">The schema of the data.</param>
    /// <param name="options">The options that name the columns.</param>
    /// <param name="teacher">Has added the outputs of a teacher to the data; null if there is no teacher.</param>
    public WordLabels(DataViewSchema schema, NamedEntityRecognitionTrainer.Options options, TeacherStep? teacher)
        : base(schema, options.LabelColumnName)
    {
        _words = WordsColumn.Find(schema, options.Sentence1ColumnName, nameof(options.Sentence1ColumnName));
        Tags = new TagSet(Values.Names);
        _teacher = teacher?.Bind(schema, Tags.Names);
    }

    public override TagSet Tags { get; }

    public override IReadOnlyList<DataViewSchema.Column> Columns =>
        [_words, Column, .. _teacher is null ? Array.Empty<DataViewSchema.Column>() : [_teacher.Column]];

    public override Func<IEnumerable<TrainingRow>?> CreateReader(DataViewRow row, TokenLabeller labeller)
    {
        var text = new TextRow();
        Action<TextRow> readText = WordsColumn.CreateReader(row, _words);
        var getKeys = row.GetGetter<VBuffer<uint>>(Column);
        VBuffer<uint> keys = default;
        Func<float[]>? getTeacher = _teacher?.CreateReader(row);
        return () =>
        {
            readText(text);
            getKeys(ref keys);
            float[] teacher = getTeacher?.Invoke() ?? [];
            if (keys.Length == 0 && text.Words.Count > 0)
                return _teacher is null ? null : Rows(new int[text.Words.Count]).Select(window => window with { Targets = [] });
            if (keys.Length != text.Words.Count)
            {
                throw new InvalidOperationException(
                    $"Row {row.Position} has {keys.Length} labels in column '{Column.Name}' and {text.Words.Count} words " +
                    $"in {InputColumn.Describe(_words.Name, text.Text.Span)}. " +
                    "Give one label for each word; the words of a text are those between single spaces.");
            }
            return Rows([.. keys.DenseValues().Select(key => key == 0 ? Tags.Outside : (int)key - 1)]);

            IEnumerable<TrainingRow> Rows(int[] labels) =>
                labeller.Rows(labeller.Encode(text.Text.ToString()), text.Words, labels, row.Position, teacher);
        };
    }
}
