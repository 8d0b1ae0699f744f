namespace Bert.MLNet.Evaluation;

/// <summary>Computes ROUGE-1, -2, -L and -Lsum of summaries and their means.</summary>
internal sealed class RougeCounter(bool stem)
{
    private const int Kinds = 4;

    private readonly List<Overlap>[] _overlaps = [.. Enumerable.Range(0, Kinds).Select(_ => new List<Overlap>())];

    /// <summary>Adds a summary. Of several references, the one with the best F1 score counts, for each kind of ROUGE.</summary>
    /// <returns>The overlaps of ROUGE-1, -2, -L and -Lsum.</returns>
    public Overlap[] Add(string summary, IReadOnlyList<string> references)
    {
        string[] tokens = RougeTokens.Of(summary, stem);
        string[][] lines = RougeTokens.Lines(summary, stem);
        Overlap[][] all = [.. references.Select(reference => Compare(tokens, lines, reference))];
        Overlap[] best =
        [
            .. Enumerable.Range(0, Kinds).Select(kind => all.Select(overlaps => overlaps[kind]).MaxBy(overlap => overlap.F1)),
        ];
        for (int kind = 0; kind < Kinds; kind++)
            _overlaps[kind].Add(best[kind]);
        return best;
    }

    /// <summary>The means over all summaries of ROUGE-1, -2, -L and -Lsum.</summary>
    public IReadOnlyList<RougeScore> Means() => Array.ConvertAll(_overlaps, Mean);

    private Overlap[] Compare(string[] tokens, string[][] lines, string reference)
    {
        string[] others = RougeTokens.Of(reference, stem);
        return
        [
            Rouge.Ngrams(tokens, others, 1), Rouge.Ngrams(tokens, others, 2), Rouge.Longest(tokens, others),
            Rouge.LongestOfSentences(lines, RougeTokens.Lines(reference, stem)),
        ];
    }

    private static RougeScore Mean(List<Overlap> overlaps)
    {
        double mean = overlaps.Average(overlap => overlap.F1);
        double variance = overlaps.Sum(overlap => (overlap.F1 - mean) * (overlap.F1 - mean)) / (overlaps.Count - 1);
        return new(overlaps.Average(overlap => overlap.Precision), overlaps.Average(overlap => overlap.Recall), mean,
            Math.Sqrt(variance / overlaps.Count));
    }
}
