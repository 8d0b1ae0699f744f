namespace Bert.MLNet.Tasks;

/// <summary>
/// Samples pairs of rows with the same label and with different labels. Pairs are numbered, so that memory is only needed for those that
/// are sampled.
/// </summary>
internal sealed class PairSampler
{
    private const int LeastPairs = 1280, MostPairs = 6400;

    // The rows of each label in the order of the data, one label after the other.
    private readonly int[] _rows;

    // The first place of each label in _rows, its first pair of the same label, and the first pair of each place with later labels.
    private readonly int[] _starts;
    private readonly long[] _firstSame, _firstDifferent;

    /// <param name="labels">The label of each row.</param>
    public PairSampler(IReadOnlyList<int> labels)
    {
        int[][] groups = [.. labels.Index().GroupBy(row => row.Item, row => row.Index).OrderBy(group => group.Key)
            .Select(group => group.ToArray())];
        _rows = [.. groups.SelectMany(group => group)];
        _starts = [0, .. Sums(groups.Select(group => (long)group.Length)).Select(sum => (int)sum)];
        _firstSame = [0, .. Sums(groups.Select(group => group.Length * (group.Length - 1L) / 2))];
        _firstDifferent = [0, .. Sums(groups.SelectMany((group, label) =>
            Enumerable.Repeat((long)_rows.Length - _starts[label + 1], group.Length)))];
    }

    /// <summary>The number of pairs of different rows with the same label.</summary>
    public long Same => _firstSame[^1];

    /// <summary>The number of pairs of rows with different labels.</summary>
    public long Different => _firstDifferent[^1];

    /// <summary>Samples pairs.</summary>
    /// <param name="options">The choice and the number of pairs.</param>
    /// <param name="random">The source of random numbers.</param>
    /// <returns>The numbers of two rows, and whether they have the same label.</returns>
    public IEnumerable<(int First, int Second, bool Same)> Sample(BertFewShotOptions options, Random random)
    {
        (long same, long different) = options.Sampling switch
        {
            BertFewShotSampling.Oversampling => (Math.Max(Same, Different), Math.Max(Same, Different)),
            BertFewShotSampling.Undersampling => (Math.Min(Same, Different), Math.Min(Same, Different)),
            _ => (Same, Different),
        };
        long all = same + different, wanted = options.Pairs ?? Math.Clamp(all, LeastPairs, MostPairs);
        if (options.Sampling != BertFewShotSampling.Oversampling)
            wanted = Math.Min(wanted, all);
        int sameCount = (int)Math.Round(same * ((double)wanted / all)), differentCount = (int)(wanted - sameCount);
        return Draw(Same, sameCount, random).Select(pair => PairOfSame(pair))
            .Concat(Draw(Different, differentCount, random).Select(pair => PairOfDifferent(pair)));
    }

    private (int First, int Second, bool Same) PairOfSame(long pair)
    {
        int label = LastAtMost(_firstSame, pair);
        pair -= _firstSame[label];
        // The pairs of a label are (0, 1), (0, 2), (1, 2), (0, 3), …: those with a row as the second begin at j(j − 1)/2.
        long second = (long)((1 + Math.Sqrt(1 + 8.0 * pair)) / 2);
        while (second * (second - 1) / 2 > pair)
            second--;
        long first = pair - second * (second - 1) / 2;
        return (_rows[_starts[label] + first], _rows[_starts[label] + second], true);
    }

    private (int First, int Second, bool Same) PairOfDifferent(long pair)
    {
        int place = LastAtMost(_firstDifferent, pair);
        int next = _starts[Array.FindIndex(_starts, start => start > place)];
        return (_rows[place], _rows[next + (pair - _firstDifferent[place])], false);
    }

    /// <summary>
    /// Returns all numbers below <paramref name="all"/> repeatedly, or random ones without repetition if fewer are needed.
    /// </summary>
    private static IEnumerable<long> Draw(long all, int count, Random random)
    {
        if (count >= all)
        {
            for (int i = 0; i < count; i++)
                yield return i % all;
            yield break;
        }
        // Floyd's algorithm: each draw is among one number more, which takes the place of a repeated one.
        var drawn = new HashSet<long>(count);
        for (long last = all - count; last < all; last++)
        {
            long number = random.NextInt64(last + 1);
            if (!drawn.Add(number))
                drawn.Add(number = last);
            yield return number;
        }
    }

    // The last place whose value is at most the given one. Of equal values, the last is the one that is followed by a larger value.
    private static int LastAtMost(long[] ascending, long value)
    {
        int low = 0, high = ascending.Length - 1;
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            (low, high) = ascending[middle] <= value ? (middle, high) : (low, middle);
        }
        return low;
    }

    private static IEnumerable<long> Sums(IEnumerable<long> values)
    {
        long sum = 0;
        foreach (long value in values)
            yield return sum += value;
    }
}
