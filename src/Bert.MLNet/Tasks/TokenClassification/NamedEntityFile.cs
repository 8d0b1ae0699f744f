using Bert.MLNet.Files;

namespace Bert.MLNet.Tasks;

/// <summary>The texts of a data set with their entities.</summary>
/// <param name="Form">The format that was recognized.</param>
/// <param name="Rows">The texts.</param>
/// <param name="Notes">Notes to the user on how the texts were read.</param>
/// <param name="Expectation">Where entities are read from, for a data set without entities.</param>
internal sealed record NamedEntityFile(string Form, NamedEntityRow[] Rows, IReadOnlyList<string> Notes, string Expectation)
{
    private static readonly EntityReader s_reader = new(NamedEntityScheme.Conll);

    /// <summary>Reads a file: JSON lines if its extension says so, otherwise the columns of CoNLL.</summary>
    public static NamedEntityFile Read(string path, int? wordColumn, int? tagColumn)
    {
        using TextFile file = TextFile.Open(path);
        return Path.GetExtension(path).ToUpperInvariant() is ".JSONL" or ".JSON"
            ? EntityLines.Read(JsonLine.Read(file), file.Name)
            : ConllFile.Read(file, file.Name, wordColumn, tagColumn);
    }

    /// <summary>Creates a row from words and their tags.</summary>
    public static NamedEntityRow OfTags(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        var spans = new List<EntitySpan>();
        s_reader.Read([.. tags.Select(tag => EntityTag.Parse(tag).AsIobes())], spans);
        int[] starts = new int[words.Count];
        for (int i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + words[i - 1].Length + 1;
        // a model cannot find an empty word
        spans.RemoveAll(span => starts[span.Start] == starts[span.End - 1] + words[span.End - 1].Length);
        return new NamedEntityRow
        {
            Text = string.Join(' ', words),
            Types = [.. spans.Select(span => span.Type)],
            Starts = [.. spans.Select(span => starts[span.Start])],
            Ends = [.. spans.Select(span => starts[span.End - 1] + words[span.End - 1].Length)],
        };
    }
}
