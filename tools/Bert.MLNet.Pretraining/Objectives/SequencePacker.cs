namespace Bert.MLNet.Pretraining;

/// <summary>
/// Divides documents into sequences of one length without padding: [CLS] … [SEP], with another [SEP] between documents. Each pass over
/// the text divides it at other positions and in another order.
/// </summary>
internal sealed class SequencePacker
{
    private const double GoldenSection = 0.382; // spreads the cuts of successive passes evenly

    private readonly ushort[] _stream;
    private readonly int _clsTokenId;
    private readonly int _sepTokenId;
    private readonly int _seed;
    private readonly Dictionary<(int Length, int Pass), int[]> _orders = [];

    /// <param name="corpus">The text.</param>
    /// <param name="documents">Numbers of the documents to pack, in this order.</param>
    /// <param name="tokenizer">The tokenizer of the corpus.</param>
    /// <param name="seed">The seed for the order.</param>
    public SequencePacker(TokenCorpus corpus, IEnumerable<int> documents, BertTokenizer tokenizer, int seed)
    {
        var stream = new List<ushort>(corpus.Ids.Length);
        foreach (int document in documents)
        {
            stream.AddRange(corpus.Document(document));
            stream.Add((ushort)tokenizer.SepTokenId);
        }
        _stream = [.. stream];
        _clsTokenId = tokenizer.ClsTokenId;
        _sepTokenId = tokenizer.SepTokenId;
        _seed = seed;
    }

    /// <summary>The number of sequences of this length in one pass over the text.</summary>
    /// <exception cref="InvalidOperationException">The text is too short for even one.</exception>
    public int Count(int length)
    {
        int count = (_stream.Length - length) / (length - 2);
        return count > 0
            ? count
            : throw new InvalidOperationException(
                $"The text has {_stream.Length} tokens, too few for sequences of {length}. Use shorter sequences or more text.");
    }

    /// <summary>
    /// Writes sequence <paramref name="number"/> of those with the length of <paramref name="sequence"/>; numbering continues over passes.
    /// </summary>
    public void Fill(long number, Span<long> sequence)
    {
        int content = sequence.Length - 2;
        int count = Count(sequence.Length);
        int pass = (int)(number / count);
        int shift = (int)(pass * GoldenSection * content) % content;
        int start = Order(sequence.Length, pass, count)[number % count] * content + shift;
        sequence[0] = _clsTokenId;
        for (int i = 0; i < content; i++)
            sequence[i + 1] = _stream[start + i];
        sequence[^1] = _sepTokenId;
    }

    private int[] Order(int length, int pass, int count)
    {
        lock (_orders)
        {
            if (!_orders.TryGetValue((length, pass), out int[]? order))
            {
                _orders.Remove((length, pass - 2)); // batches of the last pass may still be in progress
                order = [.. Enumerable.Range(0, count)];
                new Random(_seed + length * 1009 + pass).Shuffle(order);
                _orders[(length, pass)] = order;
            }
            return order;
        }
    }
}
