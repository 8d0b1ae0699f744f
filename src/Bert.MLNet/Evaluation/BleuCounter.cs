namespace Bert.MLNet.Evaluation;

/// <summary>Counts the n-grams of translations and computes BLEU from them, as sacreBLEU's <c>corpus_score</c> does.</summary>
internal sealed class BleuCounter(BleuOptions options)
{
    private const int Order = 4;

    private readonly long[] _matches = new long[Order], _totals = new long[Order];
    private readonly ReferenceCounts _references = new();
    private long _length, _referenceLength;

    /// <summary>Adds a translation.</summary>
    /// <param name="translation">The translation.</param>
    /// <param name="references">The correct translations, at least one.</param>
    public void Add(string translation, IReadOnlyList<string> references)
    {
        _references.Add(references.Count);
        List<string> tokens = BleuTokens.Of(translation, options);
        List<string>[] others = [.. references.Select(reference => BleuTokens.Of(reference, options))];
        _length += tokens.Count;
        _referenceLength += others.Select(other => other.Count).OrderBy(length => Math.Abs(length - tokens.Count)).ThenBy(x => x).First();
        for (int n = 1; n <= Order; n++)
        {
            Dictionary<string, int> counts = NgramCounts.OfTokens(tokens, n), most = [];
            foreach ((string gram, int count) in others.SelectMany(other => NgramCounts.OfTokens(other, n)))
                most[gram] = Math.Max(most.GetValueOrDefault(gram), count);
            _totals[n - 1] += counts.Values.Sum();
            _matches[n - 1] += NgramCounts.Common(counts, most);
        }
    }

    public BleuScore Score()
    {
        double[] matches = [.. _matches], totals = [.. _totals], precisions = new double[Order];
        double penalty = _length >= _referenceLength ? 1 : _length > 0 ? Math.Exp(1 - (double)_referenceLength / _length) : 0;
        double score = Array.Exists(_matches, count => count > 0) ? penalty * Mean(matches, totals, precisions) : 0;
        return new BleuScore(score, precisions, penalty)
        {
            Matches = matches, Totals = totals, Length = _length, ReferenceLength = _referenceLength,
            Signature = $"{_references.Signature(options.Lowercase)}|eff:{(options.EffectiveOrder ? "yes" : "no")}|" +
                $"tok:{BleuTokens.Name(options.Tokenization)}|smooth:{Smoothing()}|{ReferenceCounts.Version}",
        };
    }

    // Computes the precisions and returns their geometric mean.
    private double Mean(double[] matches, double[] totals, double[] precisions)
    {
        int order = Order;
        double halves = 1;
        for (int n = 0; n < Order; n++)
        {
            if (options.Smoothing == BleuSmoothing.AddK && n > 0)
                (matches[n], totals[n]) = (matches[n] + options.Constant, totals[n] + options.Constant);
            if (totals[n] == 0)
                break;
            if (options.EffectiveOrder)
                order = n + 1;
            double count = matches[n] > 0 ? matches[n] : options.Smoothing switch
            {
                BleuSmoothing.Exponential => 1 / (halves *= 2),
                BleuSmoothing.Floor => options.Constant,
                _ => 0,
            };
            precisions[n] = 100 * count / totals[n];
        }
        return Math.Exp(precisions.Take(order).Sum(Math.Log) / order);
    }

    private string Smoothing() => options.Smoothing switch
    {
        BleuSmoothing.Floor => $"floor[{options.Constant:F2}]",
        BleuSmoothing.AddK => $"add-k[{options.Constant:F2}]",
        BleuSmoothing.None => "none",
        _ => "exp",
    };
}
