namespace Bert.MLNet;

/// <summary>
/// ROUGE of summaries (Lin, 2004), equal to
/// <see href="https://github.com/google-research/google-research/tree/master/rouge">rouge_score</see>. Immutable and thread-safe.
/// </summary>
public sealed class SummarizationMetrics
{
    internal SummarizationMetrics(long count, IReadOnlyList<RougeScore> scores) =>
        (Count, Rouge1, Rouge2, RougeL, RougeLsum) = (count, scores[0], scores[1], scores[2], scores[3]);

    /// <summary>The number of summaries.</summary>
    public long Count { get; }

    /// <summary>ROUGE-1: common words.</summary>
    public RougeScore Rouge1 { get; }

    /// <summary>ROUGE-2: common pairs of adjacent words.</summary>
    public RougeScore Rouge2 { get; }

    /// <summary>ROUGE-L: the longest common subsequence of words, without regard to sentences.</summary>
    public RougeScore RougeL { get; }

    /// <summary>
    /// ROUGE-Lsum: the longest common subsequences of sentences, which are separated by line breaks. It is the ROUGE-L of papers on
    /// summaries of several sentences.
    /// </summary>
    public RougeScore RougeLsum { get; }
}
