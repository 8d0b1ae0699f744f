namespace Bert.MLNet.Tasks;

/// <summary>Compares the order of documents by cosine with judged relevance, like trec_eval's <c>ndcg_cut</c>.</summary>
internal static class RetrievalEvaluator
{
    /// <param name="queries">The queries, with vectors of length 1.</param>
    /// <param name="documents">The documents, with vectors of length 1.</param>
    /// <param name="judgements">The relevance of documents by query; 0 or less is not relevant.</param>
    /// <param name="cutoff">The number of documents to find.</param>
    /// <exception cref="InvalidOperationException">No query has a relevant document, or vectors have different dimensions.</exception>
    public static RetrievalMetrics Evaluate(
        List<(string Id, float[] Vector)> queries, List<(string Id, float[] Vector)> documents,
        Dictionary<string, Dictionary<string, float>> judgements, int cutoff)
    {
        if (queries.Count > 0 && documents.Count > 0 && queries[0].Vector.Length != documents[0].Vector.Length)
        {
            throw new InvalidOperationException(
                $"The vectors of queries have {queries[0].Vector.Length} values and those of documents {documents[0].Vector.Length}. " +
                "Compute both with the same model.");
        }
        var judged = queries.Where(query => judgements.GetValueOrDefault(query.Id) is { } relevance && relevance.Values.Any(x => x > 0));
        List<float[]> vectors = documents.ConvertAll(document => document.Vector);
        (double Ndcg, double ReciprocalRank, double Recall)[] results =
        [
            .. judged.Select(query => Of(
                [.. VectorSearch.Top(query.Vector, vectors, cutoff).Select(found => documents[found.Index].Id)],
                judgements[query.Id], cutoff)),
        ];
        if (results.Length == 0)
            throw new InvalidOperationException("No query has a relevant document, so there is nothing to evaluate. Compare the ids.");
        return new RetrievalMetrics(results.Length, cutoff, results.Average(result => result.Ndcg),
            results.Average(result => result.ReciprocalRank), results.Average(result => result.Recall));
    }

    // The ids of the most similar documents, best first.
    private static (double Ndcg, double ReciprocalRank, double Recall) Of(
        string[] found, Dictionary<string, float> relevance, int cutoff)
    {
        float[] gains = [.. found.Select(id => Math.Max(0, relevance.GetValueOrDefault(id)))];
        float[] relevant = [.. relevance.Values.Where(value => value > 0).OrderDescending()];
        int first = Array.FindIndex(gains, gain => gain > 0);
        return (Gain(gains) / Gain(relevant.Take(cutoff)), first < 0 ? 0 : 1.0 / (first + 1),
            gains.Count(gain => gain > 0) / (double)relevant.Length);

        static double Gain(IEnumerable<float> gains) => gains.Select((gain, i) => gain / Math.Log2(i + 2)).Sum();
    }
}
