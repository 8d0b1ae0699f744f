namespace Bert.MLNet.Tokenization;

/// <summary>
/// Builds a new text and records for each code point how it is derived from the old text. Equivalent to <c>NormalizedString::transform</c>
/// of HuggingFace's tokenizers. A change of 0 replaces the next code point, 1 is an insertion, and -n replaces one code point and removes
/// the n after it.
/// </summary>
internal struct Transformation(int capacity) : IDisposable
{
    private PooledList<int> _codePoints = new(capacity);
    private PooledList<int> _changes = new(capacity);

    public readonly int Count => _codePoints.Count;

    public void Add(int codePoint, int change)
    {
        _codePoints.Add(codePoint);
        _changes.Add(change);
    }

    public readonly (int CodePoint, int Change) this[int index] => (_codePoints.Span[index], _changes.Span[index]);

    public readonly int CodePoint(int index) => _codePoints.Span[index];

    /// <summary>Adjusts the change of the last code point. Does nothing if there is none.</summary>
    public readonly void ChangeLast(int by)
    {
        if (Count > 0)
            _changes.Items[^1] += by;
    }

    public readonly void Swap(int one, int other)
    {
        Span<int> codePoints = _codePoints.Items, changes = _changes.Items;
        (codePoints[one], codePoints[other]) = (codePoints[other], codePoints[one]);
        (changes[one], changes[other]) = (changes[other], changes[one]);
    }

    /// <summary>Replaces a code point with a composed one that also represents another code point.</summary>
    /// <param name="index">The index of the code point.</param>
    /// <param name="whole">The composed code point.</param>
    /// <param name="change">The change that the other code point would have had.</param>
    public readonly void Join(int index, int whole, int change)
    {
        _codePoints.Items[index] = whole;
        _changes.Items[index] += change - 1;
    }

    /// <summary>Replaces the old text with the new one.</summary>
    public readonly void Apply(ref NormalizedText text)
    {
        var result = new NormalizedText(Math.Max(_codePoints.Count, 16), text.Starts is not null) { Origin = text.Origin };
        ReadOnlySpan<int> codePoints = _codePoints.Span, changes = _changes.Span;
        int at = 0;
        for (int i = 0; i < codePoints.Length; i++)
        {
            // An inserted code point has the same source as the one before it.
            int change = changes[i], source = change > 0 ? at - 1 : Math.Min(at, text.Length - 1);
            if (source < 0)
                result.AddCodePoint(codePoints[i], text.Origin, text.Origin);
            else
                result.AddCodePoint(codePoints[i], text.StartOf(source), text.EndOf(source));
            for (int consumed = change > 0 ? 0 : 1 - change; consumed > 0 && at < text.Length; consumed--)
                at += char.IsHighSurrogate(text.Characters[at]) ? 2 : 1;
        }
        text.Dispose();
        text = result;
    }

    public void Dispose()
    {
        _codePoints.Dispose();
        _changes.Dispose();
    }
}
