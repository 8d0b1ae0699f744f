using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>Documents, queries and the documents that answer them, in BEIR's form.</summary>
internal sealed class RetrievalData
{
    private readonly List<Document> _documents;
    private readonly Dictionary<string, Judgement[]> _judgements;

    /// <param name="folder">The folder of corpus.jsonl.gz, queries.jsonl and qrels.tsv.</param>
    public RetrievalData(string folder)
    {
        using FileStream compressed = File.OpenRead(Path.Combine(folder, "corpus.jsonl.gz"));
        using var corpus = new StreamReader(new GZipStream(compressed, CompressionMode.Decompress));
        _documents = [.. Fields(corpus).Select(Parse)];
        using StreamReader asked = File.OpenText(Path.Combine(folder, "queries.jsonl"));
        _judgements = File.ReadLines(Path.Combine(folder, "qrels.tsv")).Skip(1).Select(line => line.Split('\t')).Select(cells =>
            new Judgement { Query = cells[0], Document = cells[1], Label = float.Parse(cells[2], CultureInfo.InvariantCulture) })
            .GroupBy(judgement => judgement.Query).ToDictionary(group => group.Key, group => group.ToArray());
        Queries = [.. Fields(asked).Select(Parse).Where(query => _judgements.ContainsKey(query.Id))];

        static Document Parse(JsonElement row) => new()
        {
            Id = row.GetProperty("_id").GetString()!,
            Title = row.TryGetProperty("title", out JsonElement title) ? title.GetString()! : "",
            Body = row.GetProperty("text").GetString()!,
        };
    }

    /// <summary>The number of documents.</summary>
    public int Count => _documents.Count;

    /// <summary>The documents.</summary>
    public IReadOnlyList<Document> Documents => _documents;

    /// <summary>The queries that somebody judged.</summary>
    public IReadOnlyList<Document> Queries { get; }

    /// <summary>The documents as a data view with the column Text.</summary>
    public IDataView Corpus(MLContext ml) => ml.Data.LoadFromEnumerable(_documents);

    /// <summary>Returns the titles of documents with their texts.</summary>
    public IEnumerable<Pair> Titles() => _documents.Where(document => document.Title.Length > 0 && document.Body.Length > 0)
        .Select(document => new Pair { Sentence1 = document.Title, Sentence2 = document.Body });

    /// <summary>Returns queries with the documents that answer them.</summary>
    public IEnumerable<Pair> Answers(IEnumerable<Document> queries)
    {
        Dictionary<string, string> texts = _documents.ToDictionary(document => document.Id, document => document.Text);
        return from query in queries
               from judgement in _judgements[query.Id]
               where judgement.Label > 0
               select new Pair { Sentence1 = query.Text, Sentence2 = texts[judgement.Document] };
    }

    /// <summary>Evaluates the search for some queries by the vectors of a checkpoint.</summary>
    public RetrievalMetrics Evaluate(MLContext ml, BertModel model, IEnumerable<Document> queries)
    {
        Document[] asked = [.. queries];
        using var embedding = ml.Transforms.Text.ApplyBertEmbedding("Features", nameof(Document.Text), model).Fit(Corpus(ml));
        return ml.Ranking.EvaluateRetrieval(
            embedding.Transform(ml.Data.LoadFromEnumerable(asked)), embedding.Transform(Corpus(ml)),
            ml.Data.LoadFromEnumerable(asked.SelectMany(query => _judgements[query.Id])));
    }

    /// <summary>The mean nDCG and recall of all queries.</summary>
    /// <param name="found">The places of the documents that were found for each query, the best first.</param>
    /// <param name="cutoff">The number of documents that count.</param>
    public (double Gain, double Recall) Score(IReadOnlyList<int[]> found, int cutoff)
    {
        (double Gain, double Recall)[] scores = [.. Queries.Zip(found, (query, places) => Of(_judgements[query.Id], places))];
        return (scores.Average(score => score.Gain), scores.Average(score => score.Recall));

        (double, double) Of(Judgement[] judgements, int[] places)
        {
            Dictionary<string, float> labels = judgements.Where(judgement => judgement.Label > 0)
                .ToDictionary(judgement => judgement.Document, judgement => judgement.Label);
            float[] gains = [.. places.Take(cutoff).Select(place => labels.GetValueOrDefault(_documents[place].Id))];
            return (Sum(gains) / Sum(labels.Values.OrderDescending().Take(cutoff)), gains.Count(gain => gain > 0) / (double)labels.Count);
        }

        static double Sum(IEnumerable<float> gains) => gains.Select((gain, rank) => gain / Math.Log2(rank + 2)).Sum();
    }

    private static IEnumerable<JsonElement> Fields(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return JsonElement.Parse(line);
    }

    /// <summary>A document or a query.</summary>
    internal sealed class Document
    {
        public string Id { get; set; } = "";

        public string Title { get; set; } = "";

        public string Body { get; set; } = "";

        public string Text => $"{Title} {Body}".Trim();
    }

    /// <summary>Two texts that belong together.</summary>
    internal sealed class Pair
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";
    }

    private sealed class Judgement
    {
        public string Query { get; set; } = "";

        public string Document { get; set; } = "";

        public float Label { get; set; }
    }
}
