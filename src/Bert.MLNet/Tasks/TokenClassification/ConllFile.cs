using System.Globalization;
using System.Text.RegularExpressions;

namespace Bert.MLNet.Tasks;

/// <summary>The columns of CoNLL. Each line has a word and, in one of the columns, its tag; blank lines separate texts.</summary>
internal sealed partial class ConllFile
{
    /// <param name="Number">The line number, from 1.</param>
    /// <param name="MayBeComment">Whether the line starts like a comment.</param>
    /// <param name="Cells">The columns of the line.</param>
    private sealed record Line(long Number, bool MayBeComment, string[] Cells);

    private readonly string _name;
    private readonly Line[][] _texts; // the lines of their words
    private readonly int _width, _wordColumn, _tagColumn;
    private readonly bool _isIndexed;

    private ConllFile(TextReader reader, string name, int? wordColumn, int? tagColumn)
    {
        _name = name;
        Line[][] blocks = [.. Blocks(reader)];
        Line[] words = [.. blocks.SelectMany(block => block.SkipWhile(line => line.MayBeComment))];
        IEnumerable<Line> samples = words.Length > 0 ? words : blocks.SelectMany(block => block);
        _width = samples.GroupBy(line => line.Cells.Length).MaxBy(lines => lines.Count())?.Key ?? 0;
        _tagColumn = Column(tagColumn) ?? _width - 1;
        HashSet<string> tags = [.. words.Where(line => line.Cells.Length == _width).Select(Tag)];
        _texts = [.. blocks.Select(block => block.SkipWhile(line => line.MayBeComment && !IsWord(line, tags)).ToArray())
            .Where(block => block.Length > 0)];
        foreach (Line line in _texts.SelectMany(text => text))
            Check(line);
        _isIndexed = _width > 2 && (CountsFrom(0) || CountsFrom(1));
        _wordColumn = Column(wordColumn) ?? (_isIndexed ? 1 : 0);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="wordColumn">The index of the word column; null for the first that does not count words.</param>
    /// <param name="tagColumn">The index of the tag column; null for the last.</param>
    /// <exception cref="InvalidDataException">A line does not have the same columns as the others.</exception>
    public static NamedEntityFile Read(TextReader reader, string name, int? wordColumn, int? tagColumn)
    {
        var file = new ConllFile(reader, name, wordColumn, tagColumn);
        string[] notes = file._isIndexed && wordColumn is null
            ? [$"{name}: the first column counts the words of each text, and the words are in the second."]
            : [];
        string expectation = $"Each tag in column {Invariant(file._tagColumn)}, of 0 to {Invariant(file._width - 1)}, is O.";
        return new NamedEntityFile("CoNLL", [.. file.Rows()], notes, expectation);
    }

    private static IEnumerable<Line[]> Blocks(TextReader reader)
    {
        var block = new List<Line>();
        for (long number = 1; reader.ReadLine() is { } line; number++)
        {
            string[] cells = Cut(line);
            if (cells is not ([] or ["-DOCSTART-", ..]))
            {
                block.Add(new Line(number, line is "#" or ['#', ' ' or '\t', ..], cells));
                continue;
            }
            if (block.Count > 0)
                yield return [.. block];
            block.Clear();
        }
        if (block.Count > 0)
            yield return [.. block];
    }

    // No other white space separates columns: a no-break space is part of a word.
    private static string[] Cut(string line) =>
        !line.AsSpan().ContainsAnyExcept(' ', '\t') ? []
        : line.Contains('\t', StringComparison.Ordinal) ? line.Split('\t')
        : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Tag(Line line) => line.Cells[_tagColumn].Trim(' ');

    /// <summary>Returns whether a line before the first word of a text is the word "#" and not a comment.</summary>
    private bool IsWord(Line line, HashSet<string> tags) =>
        line.Cells.Length == _width && _width > 1 && Tag(line) is { Length: > 0 } tag && (tags.Contains(tag) || EntityTag.HasPrefix(tag));

    private void Check(Line line)
    {
        if (line.Cells.Length == 1)
            throw Error(line, "has a word but no tag. Write both, the tag in the last column, and a blank line between texts.");
        if (line.Cells.Length != _width)
        {
            throw Error(line, $"has {Invariant(line.Cells.Length)} columns, but most lines have {Invariant(_width)}. " +
                "Separate columns by tabs, or by spaces if no word contains a space.");
        }
        if (Tag(line).Length == 0)
            throw Error(line, "has a word but no tag. Write O for a word outside of entities.");
    }

    /// <summary>Returns whether the first column numbers the words of every text from a given number.</summary>
    private bool CountsFrom(int first)
    {
        Line[][] texts = [.. _texts.Select(text => text.Where(line => !NonWordIndex().IsMatch(line.Cells[0])).ToArray())];
        return texts.Any(text => text.Length > 1)
            && texts.All(text => text.Select((line, i) => line.Cells[0] == Invariant(first + i)).All(isNext => isNext));
    }

    private IEnumerable<NamedEntityRow> Rows()
    {
        foreach (Line[] text in _texts)
        {
            Line[] words = _isIndexed ? [.. text.Where(line => !NonWordIndex().IsMatch(line.Cells[0]))] : text;
            if (words.FirstOrDefault(line => line.Cells[_wordColumn].Length == 0) is { } empty)
                throw Error(empty, "has a tag but no word.");
            // CoNLL-U writes _ for a missing value.
            string[] tags = [.. words.Select(line => Tag(line) is "_" ? "O" : Tag(line))];
            yield return NamedEntityFile.OfTags([.. words.Select(line => line.Cells[_wordColumn])], tags);
        }
    }

    private int? Column(int? column) => column is null || _width == 0 || (column >= 0 && column < _width)
        ? column
        : throw new InvalidDataException(
            $"{_name} has no column {Invariant(column.Value)}; it has {Invariant(_width)} columns, counted from 0.");

    private InvalidDataException Error(Line line, string message) =>
        new($"Line {line.Number.ToString(CultureInfo.InvariantCulture)} of {_name} {message}");

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Matches the index of a CoNLL-U line without a word, a multiword range (3-4) or an empty node (3.1).</summary>
    [GeneratedRegex(@"^[0-9]+[-.][0-9]+$")]
    private static partial Regex NonWordIndex();
}
