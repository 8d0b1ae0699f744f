using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Tokenization;

/// <summary>Counts the words of a text as split by BERT, processing several lines in parallel on all cores.</summary>
internal static class WordCounter
{
    private const int LinesAtOnce = 1_024;

    public static Dictionary<string, long> Count(IEnumerable<string> lines, TextNormalizer normalizer, CancellationToken cancellationToken)
    {
        var total = new Dictionary<string, long>();
        try
        {
            Parallel.ForEach(
                lines.Chunk(LinesAtOnce),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                () => new Dictionary<string, long>(),
                (chunk, _, counts) =>
                {
                    foreach (string line in chunk)
                        Count(line, normalizer, counts);
                    return counts;
                },
                counts =>
                {
                    lock (total)
                    {
                        foreach ((string word, long count) in counts)
                            CollectionsMarshal.GetValueRefOrAddDefault(total, word, out _) += count;
                    }
                });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]); // the original exception instead of an AggregateException
        }
        return total;
    }

    private static void Count(string? line, TextNormalizer normalizer, Dictionary<string, long> counts)
    {
        if (string.IsNullOrEmpty(line))
            return;
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        var normalized = new NormalizedText(line.Length, aligned: false);
        normalizer.Normalize(line, 0, ref normalized);
        var words = new WordEnumerator(normalized.Span);
        while (words.MoveNext())
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, words.Current, out _)++;
        normalized.Dispose();
    }
}
