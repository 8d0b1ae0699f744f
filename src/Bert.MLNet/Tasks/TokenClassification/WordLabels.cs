using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>Labels of words, one for each. A missing label is O; a row with words but without labels is not used for training.</summary>
internal sealed class WordLabels : EntityLabels
{
    private readonly DataViewSchema.Column _words;

    public WordLabels(DataViewSchema schema, NamedEntityRecognitionTrainer.Options options) : base(schema, options.LabelColumnName)
    {
        _words = WordsColumn.Find(schema, options.Sentence1ColumnName, nameof(options.Sentence1ColumnName));
        Tags = new TagSet(Values.Names);
    }

    public override TagSet Tags { get; }

    public override IReadOnlyList<DataViewSchema.Column> Columns => [_words, Column];

    public override Func<IEnumerable<TrainingRow>?> CreateReader(DataViewRow row, TokenLabeller labeller)
    {
        var text = new TextRow();
        Action<TextRow> readText = WordsColumn.CreateReader(row, _words);
        var getKeys = row.GetGetter<VBuffer<uint>>(Column);
        VBuffer<uint> keys = default;
        return () =>
        {
            readText(text);
            getKeys(ref keys);
            if (keys.Length == 0 && text.Words.Count > 0)
                return null;
            if (keys.Length != text.Words.Count)
            {
                throw new InvalidOperationException(
                    $"Row {row.Position} has {keys.Length} labels in column '{Column.Name}' and {text.Words.Count} words " +
                    $"in {InputColumn.Describe(_words.Name, text.Text.Span)}. " +
                    "Give one label for each word; the words of a text are those between single spaces.");
            }
            int[] labels = [.. keys.DenseValues().Select(key => key == 0 ? Tags.Outside : (int)key - 1)];
            return labeller.Rows(labeller.Encode(text.Text.ToString()), text.Words, labels, row.Position);
        };
    }
}
