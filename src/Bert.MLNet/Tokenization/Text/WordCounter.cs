using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Bert.MLNet.Tokenization;

/// <summary>Counts the words of a text as split by a tokenizer, processing several lines in parallel.</summary>
internal static class WordCounter
{
    private const int LinesAtOnce = 1_024;

    /// <exception cref="InvalidDataException">There are no words.</exception>
    public static Dictionary<string, long> Count(IEnumerable<string> lines, TextNormalizer normalizer, TextPreTokenizer preTokenizer,
        int threads, CancellationToken cancellationToken) =>
        Count(lines, counter => line => Split(line, normalizer, preTokenizer, counter), threads, cancellationToken);

    /// <param name="lines">The lines, which are read in order.</param>
    /// <param name="splitter">Creates a function that splits a line into words, and passes these to a model.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">There are no words.</exception>
    public static Dictionary<string, long> Count(
        IEnumerable<string> lines, Func<TokenModel, Action<string>> splitter, int threads, CancellationToken cancellationToken)
    {
        var total = new Dictionary<string, long>();
        try
        {
            Parallel.ForEach(
                lines.Chunk(LinesAtOnce),
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = threads },
                () =>
                {
                    var counter = new Counter();
                    return (counter.Counts, Split: splitter(counter));
                },
                (chunk, _, own) =>
                {
                    foreach (string line in chunk.Where(line => !string.IsNullOrEmpty(line)))
                        own.Split(line);
                    return own;
                },
                own =>
                {
                    lock (total)
                    {
                        foreach ((string word, long count) in own.Counts)
                            CollectionsMarshal.GetValueRefOrAddDefault(total, word, out _) += count;
                    }
                });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]); // the original exception instead of an AggregateException
        }
        return total.Count > 0
            ? total
            : throw new InvalidDataException("The text contains no words, so there is nothing to learn. Pass lines of text.");
    }

    private static void Split(string line, TextNormalizer normalizer, TextPreTokenizer preTokenizer, TokenModel counter)
    {
        var normalized = new NormalizedText(line.Length, aligned: preTokenizer.NeedsAlignment);
        normalizer.Normalize(line, 0, ref normalized);
        var output = new TokenBuffer(capacity: 1, aligned: false);
        preTokenizer.Tokenize(normalized, 0, normalized.Length, counter, ref output);
        output.Dispose();
        normalized.Dispose();
    }

    /// <summary>Counts words instead of splitting them. Not thread-safe.</summary>
    private sealed class Counter : TokenModel
    {
        private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public Counter() => _lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();

        public Dictionary<string, long> Counts { get; } = [];

        public override string Kind => "words";

        public override void Match(in NormalizedText text, int start, int length, ref TokenBuffer output) =>
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, text.Span.Slice(start, length), out _)++;

        public override bool ContinuesWord(string token) => false;
    }
}
