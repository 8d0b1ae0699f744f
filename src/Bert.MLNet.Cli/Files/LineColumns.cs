using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Messages;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Which fields of a line, or columns of a table, hold its texts: those that the command line names, else those that the model was trained
/// on where the data set has them, else <c>text</c> and <c>pair</c>.
/// </summary>
internal sealed class LineColumns
{
    /// <summary>If this many lines lack a requested field, no line is expected to have it. No line of a pipe is answered before.</summary>
    internal const int Sample = 16;

    private static readonly string[] s_texts = ["text", "question"], s_pairs = ["pair", "context"];

    private readonly bool? _hasHeader;
    private readonly (string[] Fields, string? Given, string? Trained)[] _columns;

    private LineColumns(string? text, string? pair, TrainedColumns trained, bool? hasHeader, bool needsPair)
    {
        NeedsPair = needsPair;
        _hasHeader = hasHeader;
        _columns = [(s_texts, text, trained.Text), (s_pairs, pair, trained.Pair)];
    }

    /// <summary>Whether the verb or the model reads two texts.</summary>
    public bool NeedsPair { get; }

    /// <summary>Decides whether the first row of a table is a header.</summary>
    public bool HasHeader(IReadOnlyList<string> first)
    {
        if (_hasHeader is { } said)
            return said;
        string[] asked = [.. _columns.Select(column => column.Given).OfType<string>()];
        if (asked.Length == 0)
            asked = [.. _columns.Select(column => column.Trained).OfType<string>()];
        // If columns are specified by number, the table has no header, unless it has known names, or pandas has written the column
        // numbers there.
        return asked.Length == 0 || asked.Any(column => Header.IsName(column, first)) || Header.IsCount(first)
            || first.Any(cell => cell.Trim() is "id" or "text" or "pair" or "question" or "context");
    }

    /// <summary>The columns of a table that correspond to the fields.</summary>
    /// <param name="path">The table.</param>
    /// <param name="names">The names of its columns, or their numbers if it has no header.</param>
    /// <exception cref="InvalidDataException">A requested column or the text column is missing; the message says which there
    /// are.</exception>
    public IReadOnlyDictionary<string, string> In(string path, IReadOnlyList<string> names)
    {
        Dictionary<string, string> found = Find(names.Contains, given => names.Contains(given) ? given
            : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < names.Count ? names[index]
            : throw new InvalidDataException(
                $"'{path}' has no column '{given}'; it has {string.Join(", ", names)}.{Suggestion.For(given, names)}"));
        if (!found.ContainsKey(s_texts[0]) && !names.Any(s_texts.Contains))
            throw NoText($"'{path}'", names);
        if (NeedsPair && !found.ContainsKey(s_pairs[0]) && !names.Any(s_pairs.Contains))
            throw NoPair($"'{path}'", names);
        return found;
    }

    /// <summary>The error for a data set without texts.</summary>
    public static InvalidDataException NoText(string name, IEnumerable<string> others) => new(
        $"{name} has no column 'text'; it has {string.Join(", ", others)}. Specify the text column with --text-col.");

    /// <summary>The error for a data set without second texts.</summary>
    public static InvalidDataException NoPair(string name, IEnumerable<string> others) => new(
        $"{name} has no column 'pair'; it has {string.Join(", ", others)}. Specify the column of second texts with --sentence2-col.");

    /// <summary>JSON lines whose fields are renamed to those that the verbs read.</summary>
    /// <exception cref="InvalidDataException">No line has a requested field; the message says which there are.</exception>
    public IEnumerable<JsonLine> In(IEnumerable<JsonLine> lines)
    {
        HashSet<string> missing = [.. _columns.Select(column => column.Given).OfType<string>()];
        var others = new SortedSet<string>(StringComparer.Ordinal);
        int count = 0;
        foreach (JsonLine line in lines)
        {
            if (missing.Count > 0)
            {
                missing.RemoveWhere(line.Contains);
                others.UnionWith(line.Fields);
                if (++count == Sample)
                    Require();
            }
            yield return Rename(line);
        }
        Require();

        void Require()
        {
            if (missing.Count > 0 && count > 0)
                throw new InvalidDataException(
                    $"No line of the data set{(count == Sample ? $" (of the first {Sample})" : "")} has the field '{missing.First()}'; " +
                    $"the lines have {string.Join(", ", others)}.");
        }
    }

    /// <summary>The same line, whose fields are renamed to those that the verbs read.</summary>
    public JsonLine Rename(JsonLine line) =>
        _columns.All(column => column is (_, null, null)) ? line : line.With(Find(line.Contains, given => given));

    /// <summary>
    /// Whether a line has a text field, or a token field instead, even if it is null; requested fields are checked elsewhere.
    /// </summary>
    public bool HasText(JsonLine line) => Has(0, line) || line.Contains("input_ids");

    /// <summary>Whether a line has a field for a second text.</summary>
    public bool HasPair(JsonLine line) => Has(1, line);

    private bool Has(int column, JsonLine line) =>
        _columns[column].Given is not null
            || _columns[column].Fields.Any(line.Contains)
            || (_columns[column].Trained is { } trained && line.Contains(trained));

    private Dictionary<string, string> Find(Func<string, bool> has, Func<string, string> given)
    {
        var found = new Dictionary<string, string>();
        foreach ((string[] fields, string? asked, string? trained) in _columns)
        {
            if ((asked is null ? trained is not null && has(trained) ? trained : null : given(asked)) is not { } name)
                continue;
            foreach (string field in fields)
                found[field] = name;
        }
        return found;
    }

    /// <summary>The options that name the columns.</summary>
    internal sealed class Options
    {
        private readonly Option<string?> _text = new("--text-col", "--sentence1-col", "--question-col")
        {
            Description = "The column of texts, first texts or questions, by name or, in a table, by number from 0. Default: the one " +
                "that the model was trained on, or 'text'.",
        };

        private readonly Option<string?> _pair = new("--sentence2-col", "--context-col")
        {
            Description = "The column of second texts or contexts. Default: the one that the model was trained on, or 'pair'.",
        };

        private readonly Option<bool?> _hasHeader = new("--has-header")
        {
            Description = "Whether the first row of a .tsv or .csv file is a header. Default: true, unless all columns are specified by " +
                "number and no cell of the row is id, text or pair.",
        };

        private readonly bool _hasPair;

        /// <param name="hasPair">Whether lines may have a second text.</param>
        public Options(bool hasPair = true) => _hasPair = hasPair;

        public void AddTo(Command command)
        {
            command.Options.Add(_text);
            if (_hasPair)
                command.Options.Add(_pair);
            command.Options.Add(_hasHeader);
        }

        /// <summary>The columns of a run.</summary>
        /// <param name="arguments">The command line.</param>
        /// <param name="trained">The columns that the model was trained on.</param>
        /// <param name="needsPair">Whether the verb or the model reads two texts.</param>
        public LineColumns Of(ParseResult arguments, TrainedColumns? trained = null, bool needsPair = false) =>
            new(arguments.GetValue(_text), _hasPair ? arguments.GetValue(_pair) : null, trained ?? new TrainedColumns(),
                arguments.GetValue(_hasHeader), needsPair || trained?.Pair is not null);
    }
}
