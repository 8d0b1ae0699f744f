using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Entities by their positions in texts without word boundaries. They become B and I tags of the words that the tokenizer finds.
/// </summary>
internal sealed class SpanLabels : EntityLabels
{
    private readonly SpanColumns _columns;
    private readonly DataViewSchema.Column[] _spans;
    private readonly DataViewSchema.Column _text;
    private readonly Dictionary<string, int> _begins = [];

    public SpanLabels(DataViewSchema schema, NamedEntityRecognitionTrainer.Options options) : base(schema, options.LabelColumnName)
    {
        _columns = ColumnsOf(options);
        _spans = _columns.Bind(schema);
        _text = InputColumn.FindText(schema, options.Sentence1ColumnName, nameof(options.Sentence1ColumnName));
        List<string> names = ["O"];
        foreach (string type in Values.Names)
        {
            _begins.TryAdd(type, names.Count);
            names.AddRange($"B-{type}", $"I-{type}");
        }
        Tags = new TagSet(names);
    }

    public override TagSet Tags { get; }

    public override IReadOnlyList<DataViewSchema.Column> Columns => [_text, .. _spans];

    /// <summary>Returns the columns that are named in the options.</summary>
    public static SpanColumns ColumnsOf(NamedEntityRecognitionTrainer.Options options) => new(
        (options.LabelColumnName, nameof(options.LabelColumnName)),
        (options.LabelStartsColumnName!, nameof(options.LabelStartsColumnName)),
        (options.LabelEndsColumnName!, nameof(options.LabelEndsColumnName)));

    public override Func<IEnumerable<TrainingRow>?> CreateReader(DataViewRow row, TokenLabeller labeller)
    {
        var getText = row.GetGetter<ReadOnlyMemory<char>>(_text);
        Func<List<EntitySpan>> read = _columns.CreateReader(row, _spans);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getText(ref text);
            List<EntitySpan> entities = read();
            entities.Sort((one, other) => one.Start.CompareTo(other.Start));
            Check(entities, text.Span, row.Position);
            TokenWindow<float[]>[] windows = labeller.Encode(text.ToString());
            List<(int Start, int End)> words = labeller.Words(windows);
            return labeller.Rows(windows, words, Labels(words, entities), row.Position);
        };
    }

    private void Check(List<EntitySpan> entities, ReadOnlySpan<char> text, long position)
    {
        for (int i = 0; i < entities.Count; i++)
        {
            (string type, int start, int end) = entities[i];
            string? fault = start < 0 || end <= start || end > text.Length ? $"is not within its text of {text.Length} characters"
                : i > 0 && start < entities[i - 1].End
                    ? $"overlaps the {entities[i - 1].Type} from {entities[i - 1].Start} to {entities[i - 1].End}"
                : null;
            if (fault is not null)
            {
                throw new InvalidOperationException(
                    $"Row {position}, {InputColumn.Describe(_text.Name, text)}: the {type} from {start} to {end} " +
                    $"(columns '{_columns.Starts.Name}', '{_columns.Ends.Name}') {fault}. " +
                    "Positions count UTF-16 units from 0, the end is the unit after the last, and entities do not overlap.");
            }
        }
    }

    // A word belongs to the first entity that overlaps it.
    private int[] Labels(List<(int Start, int End)> words, List<EntitySpan> entities)
    {
        int[] labels = new int[words.Count];
        int next = 0, last = -1;
        for (int word = 0; word < labels.Length; word++)
        {
            while (next < entities.Count && entities[next].End <= words[word].Start)
                next++;
            if (next == entities.Count || entities[next].Start >= words[word].End)
                continue;
            labels[word] = _begins[entities[next].Type] + (next == last ? 1 : 0);
            last = next;
        }
        return labels;
    }
}
