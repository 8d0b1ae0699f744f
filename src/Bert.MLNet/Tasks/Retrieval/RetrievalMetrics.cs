namespace Bert.MLNet;

/// <summary>
/// Metrics of search, averaged over the queries that have relevant documents, as in trec_eval and BEIR. Immutable and thread-safe.
/// </summary>
public sealed class RetrievalMetrics
{
    /// <param name="count">The number of evaluated queries.</param>
    /// <param name="cutoff">The number of documents found for each query.</param>
    /// <param name="ndcg">The mean normalized discounted cumulative gain.</param>
    /// <param name="reciprocalRank">The mean reciprocal rank.</param>
    /// <param name="recall">The mean recall.</param>
    internal RetrievalMetrics(long count, int cutoff, double ndcg, double reciprocalRank, double recall)
    {
        (Count, Cutoff) = (count, cutoff);
        (NormalizedDiscountedCumulativeGain, MeanReciprocalRank, Recall) = (ndcg, reciprocalRank, recall);
    }

    /// <summary>The number of queries with at least one relevant document.</summary>
    public long Count { get; }

    /// <summary>The number k of documents that are considered for each query.</summary>
    public int Cutoff { get; }

    /// <summary>
    /// nDCG@k, from 0 to 1: Σ relevance / log₂(rank + 1) over the found documents, divided by the same sum for the best possible order.
    /// </summary>
    public double NormalizedDiscountedCumulativeGain { get; }

    /// <summary>MRR@k, from 0 to 1: the mean of 1 / rank of the first relevant document, or 0 if none is among the first k.</summary>
    public double MeanReciprocalRank { get; }

    /// <summary>Recall@k, from 0 to 1: the share of relevant documents that are among the first k.</summary>
    public double Recall { get; }
}
