using System.Runtime.InteropServices;

namespace Bert.MLNet.Generation;

/// <summary>
/// Draws tokens from scores: divides them by the temperature, keeps the likeliest tokens, then those whose probabilities add up to a part
/// of all. The numbers that it draws depend only on the seed, the source, and the number of the text.
/// </summary>
internal sealed class TokenSampler
{
    private readonly BertGenerationOptions _options;
    private readonly Random _random;
    private readonly List<(float Score, int Token)> _kept = [];

    /// <param name="options">The options.</param>
    /// <param name="source">The tokens of the source.</param>
    /// <param name="number">The number of the text among those of its source.</param>
    public TokenSampler(BertGenerationOptions options, ReadOnlySpan<int> source, int number)
    {
        _options = options;
        // FNV-1a over whole numbers.
        uint hash = unchecked((2166136261u ^ (uint)options.Seed) * 16777619);
        foreach (int id in source)
            hash = unchecked((hash ^ (uint)id) * 16777619);
        _random = new Random(unchecked((int)((hash ^ (uint)number) * 16777619)));
    }

    /// <summary>Draws a token.</summary>
    /// <param name="scores">The scores, of which one at least is finite.</param>
    /// <param name="score">The score of the token.</param>
    public int Draw(ReadOnlySpan<float> scores, out float score)
    {
        _kept.Clear();
        for (int token = 0; token < scores.Length; token++)
        {
            if (!float.IsNegativeInfinity(scores[token]))
                _kept.Add((scores[token], token));
        }
        // The likeliest first; of equals, the lower one.
        _kept.Sort(static (one, other) => one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Token.CompareTo(other.Token));
        if (_options.TopK > 0 && _kept.Count > _options.TopK)
            CollectionsMarshal.SetCount(_kept, _options.TopK);
        double most = _kept[0].Score, sum = _kept.Sum(Weight), part = 0;
        int count = 0;
        while (count < _kept.Count && part < _options.TopP * sum)
            part += Weight(_kept[count++]);
        double drawn = _random.NextDouble() * part;
        int place = 0;
        for (; place < count - 1 && (drawn -= Weight(_kept[place])) >= 0; place++)
        {
        }
        score = _kept[place].Score;
        return _kept[place].Token;

        double Weight((float Score, int Token) entry) => Math.Exp((entry.Score - most) / _options.Temperature);
    }
}
