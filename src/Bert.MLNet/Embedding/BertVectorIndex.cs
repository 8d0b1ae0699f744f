namespace Bert.MLNet;

/// <summary>
/// Searches vectors that are held as bits and as int8, in 9/32 of the memory of floats. The bits find candidates, and the cosine of the
/// query with their int8 values sorts them.
/// </summary>
/// <remarks>Immutable and thread-safe. A search compares the query with all vectors.</remarks>
public sealed class BertVectorIndex
{
    private readonly byte[] _bits;
    private readonly sbyte[] _values;
    private readonly int _binaryLength;

    /// <summary>Initializes an index.</summary>
    /// <param name="vectors">The vectors, all with the same number of values.</param>
    /// <exception cref="ArgumentException">There is no vector, or a vector has another number of values than the first.</exception>
    public BertVectorIndex(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0 || vectors[0].IsEmpty)
            throw new ArgumentException("There is no vector to search. Pass at least one, with at least one value.", nameof(vectors));
        (Count, Dimension) = (vectors.Count, vectors[0].Length);
        _binaryLength = BertVectorQuantization.BinaryLength(Dimension);
        _bits = new byte[checked(Count * _binaryLength)];
        _values = new sbyte[checked(Count * Dimension)];
        for (int i = 0; i < Count; i++)
        {
            if (vectors[i].Length != Dimension)
                throw new ArgumentException(
                    $"Vector {i} has {vectors[i].Length} values, and the first has {Dimension}. Index vectors of one model.",
                    nameof(vectors));
            BertVectorQuantization.ToBinary(vectors[i].Span, _bits.AsSpan(i * _binaryLength, _binaryLength));
            BertVectorQuantization.ToInt8(vectors[i].Span, _values.AsSpan(i * Dimension, Dimension));
        }
    }

    /// <summary>The number of vectors.</summary>
    public int Count { get; }

    /// <summary>The number of values of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Finds the vectors nearest to a query.</summary>
    /// <param name="query">The vector of the query, in single precision.</param>
    /// <param name="count">The maximum number of results.</param>
    /// <param name="rescoreFactor">
    /// The number of candidates for each result: as many vectors with the fewest different bits are compared by their cosine. Default 4.
    /// </param>
    /// <returns>The places of vectors in the list and their cosines with the query, the most similar first.</returns>
    /// <exception cref="ArgumentException">The query has another number of values.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="rescoreFactor"/> is less than
    /// 1.</exception>
    public IReadOnlyList<(int Index, float Score)> Search(ReadOnlySpan<float> query, int count, int rescoreFactor = 4)
    {
        CheckPositive(count, nameof(count));
        CheckPositive(rescoreFactor, nameof(rescoreFactor));
        if (query.Length != Dimension)
            throw new ArgumentException(
                $"The query has {query.Length} values, and the vectors have {Dimension}. Use the same model.", nameof(query));
        byte[] bits = BertVectorQuantization.ToBinary(query);
        // The queue's first element is the farthest candidate. Of equal distances, the earlier vectors are kept.
        var candidates = new PriorityQueue<int, (int Distance, int Index)>(
            Comparer<(int Distance, int Index)>.Create((one, other) => other.CompareTo(one)));
        long limit = Math.Min((long)count * rescoreFactor, Count);
        for (int i = 0; i < Count; i++)
        {
            int distance = BertVectorQuantization.HammingDistance(bits, _bits.AsSpan(i * _binaryLength, _binaryLength));
            if (candidates.Count < limit)
                candidates.Enqueue(i, (distance, i));
            else
                candidates.EnqueueDequeue(i, (distance, i));
        }
        var scored = new List<(int Index, float Score)>(candidates.Count);
        while (candidates.TryDequeue(out int index, out _))
            scored.Add((index, BertVectorQuantization.Cosine(query, _values.AsSpan(index * Dimension, Dimension))));
        return [.. scored.OrderByDescending(found => found.Score).ThenBy(found => found.Index).Take(count)];
    }

    private static void CheckPositive(int value, string name)
    {
        if (value < 1)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}. Pass at least 1.");
    }
}
