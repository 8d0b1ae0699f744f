using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Which fields of a line, or columns of a table, hold its texts: those that the command line names, else those that the model was trained
/// on where the
/// data set has them, else <c>text</c> and <c>pair</c>.
/// </summary>
internal sealed class LineColumns
{
    /// <summary>
    /// So many lines without a field that was asked for are taken for a field that no line has. No line of a pipe is answered before.
    /// </summary>
    private const int Sample = 16;

    private static readonly string[] s_texts = ["text", "question"], s_pairs = ["pair", "context"];

    private readonly bool? _hasHeader;
    private readonly (string[] Fields, string? Given, string? Trained)[] _columns;

    private LineColumns(string? text, string? pair, TrainedColumns trained, bool? hasHeader)
    {
        _hasHeader = hasHeader;
        _columns = [(s_texts, text, trained.Text), (s_pairs, pair, trained.Pair)];
    }

    /// <summary>Whether the first row of a table names its columns.</summary>
    public bool HasHeader(IReadOnlyList<string> first)
    {
        if (_hasHeader is { } said)
            return said;
        string[] asked = [.. _columns.Select(column => column.Given).OfType<string>()];
        if (asked.Length == 0)
            asked = [.. _columns.Select(column => column.Trained).OfType<string>()];
        // Columns that are counted are those of a table without a header, unless it has names that are known, or pandas has written their
        // numbers there.
        return asked.Length == 0 || asked.Any(column => Header.IsName(column, first)) || Header.IsCount(first)
            || first.Any(cell => cell.Trim() is "id" or "text" or "pair" or "question" or "context");
    }

    /// <summary>The columns of a table that stand for the fields.</summary>
    /// <param name="path">The table.</param>
    /// <param name="names">The names of its columns; where it has no header, their numbers.</param>
    /// <exception cref="InvalidDataException">A column that was asked for is missing, or there is none of texts; the message says which
    /// there are.</exception>
    public IReadOnlyDictionary<string, string> In(string path, IReadOnlyList<string> names)
    {
        Dictionary<string, string> found = Find(names.Contains, given => names.Contains(given) ? given
            : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < names.Count ? names[index]
            : throw new InvalidDataException($"'{path}' has no column '{given}'; it has {string.Join(", ", names)}."));
        return found.ContainsKey(s_texts[0]) || names.Any(s_texts.Contains) ? found
            : throw new InvalidDataException($"'{path}' has no column 'text'; it has {string.Join(", ", names)}. Name the column of texts with --text-col.");
    }

    /// <summary>JSON lines whose texts are found by the names that the verbs use.</summary>
    /// <exception cref="InvalidDataException">No line has a field that was asked for; the message says which there are.</exception>
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
            yield return _columns.All(column => column is (_, null, null)) ? line : line.With(Find(line.Contains, given => given));
        }
        Require();

        void Require()
        {
            if (missing.Count > 0 && count > 0)
                throw new InvalidDataException($"No line of the data set has the field '{missing.First()}'{(count == Sample ? $", as far as the first {Sample} tell" : "")}; they have {string.Join(", ", others)}.");
        }
    }

    /// <summary>
    /// Whether a line has a field of texts, or of tokens in their place, be it null; those that were asked for are looked for elsewhere.
    /// </summary>
    public bool HasText(JsonLine line) =>
        _columns[0].Given is not null || s_texts.Any(line.Contains) || line.Contains("input_ids") || (_columns[0].Trained is { } trained && line.Contains(trained));

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
            Description = "The column of texts, of first texts, or of questions: its name, or in a table its number from 0. Default: the one that the model was trained on, else 'text'.",
        };

        private readonly Option<string?> _pair = new("--sentence2-col", "--context-col")
        {
            Description = "The column of second texts, or of contexts. Default: the one that the model was trained on, else 'pair'.",
        };

        private readonly Option<bool?> _hasHeader = new("--has-header")
        {
            Description = "Whether the first row of a .tsv or .csv file names its columns. Default: yes, unless all columns are given by their numbers and no cell of it is called id, text or pair.",
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
        /// <param name="trained">Those that its model was trained on.</param>
        public LineColumns Of(ParseResult arguments, TrainedColumns? trained = null) =>
            new(arguments.GetValue(_text), _hasPair ? arguments.GetValue(_pair) : null, trained ?? new TrainedColumns(), arguments.GetValue(_hasHeader));
    }
}
