using System.Globalization;
using System.IO.Compression;
using System.Numerics.Tensors;
using System.Text.Json;

namespace Bert.MLNet.RealCheckpoints;

/// <summary>Documents, queries and the documents that answer them, in BEIR's form.</summary>
internal sealed class RetrievalSet
{
    private const int Depth = 10;

    private readonly string[] _documentIds;
    private readonly Dictionary<string, Dictionary<string, double>> _judged;

    public RetrievalSet(string folder)
    {
        using FileStream compressed = File.OpenRead(Path.Combine(folder, "corpus.jsonl.gz"));
        using var corpus = new StreamReader(new GZipStream(compressed, CompressionMode.Decompress));
        (string Id, string Text)[] documents = [.. Lines(corpus).Select(line => Parse(line, "title", "text"))];
        using StreamReader asked = File.OpenText(Path.Combine(folder, "queries.jsonl"));
        (string Id, string Text)[] queries = [.. Lines(asked).Select(line => Parse(line, "text"))];
        _judged = File.ReadLines(Path.Combine(folder, "qrels.tsv")).Skip(1).Select(line => line.Split('\t')).GroupBy(cells => cells[0])
            .ToDictionary(
                group => group.Key,
                group => group.ToDictionary(cells => cells[1], cells => double.Parse(cells[2], CultureInfo.InvariantCulture)));
        queries = [.. queries.Where(query => _judged.ContainsKey(query.Id))];
        (_documentIds, Documents) = ([.. documents.Select(document => document.Id)], [.. documents.Select(document => document.Text)]);
        (QueryIds, Queries) = ([.. queries.Select(query => query.Id)], [.. queries.Select(query => query.Text)]);
    }

    public IReadOnlyList<string> Documents { get; }

    /// <summary>The queries that somebody judged.</summary>
    public IReadOnlyList<string> Queries { get; }

    private string[] QueryIds { get; }

    /// <summary>A hundred times nDCG@10 of the cosines of vectors.</summary>
    public double Ndcg(BertModel model, string? queryPrompt = null)
    {
        float[][] documents = RealCheckpoint.Embed(model, Documents), queries = RealCheckpoint.Embed(model, Queries, queryPrompt);
        return Ndcg((query, document) => TensorPrimitives.CosineSimilarity<float>(queries[query], documents[document]));
    }

    /// <summary>
    /// A hundred times nDCG@10 (Järvelin and Kekäläinen, 2002), the mean over the queries: a document at rank r counts by its judgement
    /// / log2(r + 1), and the sum is divided by that of the best possible order.
    /// </summary>
    /// <param name="score">The score of a document for a query, both by their numbers.</param>
    public double Ndcg(Func<int, int, double> score) => 100 * QueryIds.Select((id, query) =>
    {
        Dictionary<string, double> judged = _judged[id];
        IEnumerable<int> best = Enumerable.Range(0, Documents.Count).OrderByDescending(document => score(query, document)).Take(Depth);
        return Gain(best.Select(document => judged.GetValueOrDefault(_documentIds[document])))
            / Gain(judged.Values.OrderDescending().Take(Depth));
    }).Average();

    private static double Gain(IEnumerable<double> judgements) =>
        judgements.Select((judgement, rank) => judgement / Math.Log2(rank + 2)).Sum();

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static (string Id, string Text) Parse(string line, params string[] fields)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        string[] texts = [.. fields.Select(field => json.RootElement.GetProperty(field).GetString()!)];
        return (json.RootElement.GetProperty("_id").GetString()!, string.Join(' ', texts).Trim());
    }
}
