using System.Text.Json;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>A text and the summaries that people wrote.</summary>
internal sealed record SummarizedText(string Text, string[] References);

/// <summary>A data set of texts and summaries.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sentences">The number of sentences of a summary.</param>
/// <param name="Rows">The rows.</param>
internal sealed record SummaryData(string Name, int Sentences, SummarizedText[] Rows)
{
    // The files, the field of the reference, and the number of sentences, as many as the references have on average.
    private static readonly (string Name, string File, string Field, int Sentences)[] s_sets =
    [
        ("scitldr", "scitldr/dev.jsonl.gz", "summaries", 1),
        ("sumpubmed_conclusions", "sumpubmed_conclusions/dev.jsonl", "summaries", 2),
        ("digitalgov_summaries", "digitalgov_summaries/dev.jsonl", "summaries", 1),
        ("wikinews_headlines", "wikinews_headlines/articles.jsonl", "title", 1),
        ("dialogsum", "dialogsum/dev.jsonl", "summaries", 2),
    ];

    /// <summary>Reads a table of articles and the data sets that are in a folder.</summary>
    /// <param name="articles">A .tsv file with the columns Title, which is the reference, and Text; null for none.</param>
    /// <param name="folder">The folder; null for none.</param>
    public static IEnumerable<SummaryData> Read(string? articles, string? folder)
    {
        if (articles is not null)
            yield return new(Path.GetFileName(articles), 1, [.. File.ReadLines(articles).Skip(1).Select(Article)]);
        foreach ((string name, string file, string field, int sentences) in s_sets)
        {
            string path = Path.Combine(folder ?? "", file);
            if (File.Exists(path))
                yield return new(name, sentences, [.. Lines(path).Select(line => Row(line, field))]);
        }
    }

    /// <summary>Reads the training rows of a data set.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">The folder of the data sets.</param>
    /// <exception cref="FileNotFoundException">It has no training rows.</exception>
    public static IEnumerable<SummarizedText> ReadTraining(string name, string folder) =>
        Lines(Path.Combine(folder, name, "train.jsonl.gz")).Select(line => Row(line, "summaries"));

    private static SummarizedText Article(string line)
    {
        string[] cells = line.Split('\t');
        return new SummarizedText(cells[1], [cells[0]]);
    }

    private static SummarizedText Row(JsonElement line, string field)
    {
        JsonElement references = line.GetProperty(field);
        string text = line.TryGetProperty("text", out JsonElement whole)
            ? whole.GetString()!
            : string.Join('\n', line.GetProperty("sentences").EnumerateArray());
        return new SummarizedText(text, references.ValueKind == JsonValueKind.Array
            ? [.. references.EnumerateArray().Select(reference => reference.GetString()!)]
            : [references.GetString()!]);
    }

    private static IEnumerable<JsonElement> Lines(string path) => DataLines.Read(path).Select(line => JsonElement.Parse(line));
}
