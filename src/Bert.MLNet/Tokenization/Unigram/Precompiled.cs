using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Applies the normalizer of a SentencePiece model like HuggingFace's tokenizers. It replaces whole grapheme clusters of up to five bytes.
/// Longer clusters and those without a replacement are processed by code point.
/// </summary>
internal sealed class Precompiled : NormalizerStep
{
    private readonly CharsMap _map;
    private readonly bool[] _stays = new bool[0x10000]; // forms a cluster by itself next to other such units, and has no replacement

    public Precompiled(CharsMap map)
    {
        _map = map;
        Span<byte> bytes = stackalloc byte[4];
        for (int c = 0; c < _stays.Length; c++)
        {
            if (GraphemeClusters.IsAlone((char)c))
                _stays[c] = !map.TryFind(bytes[..new Rune((char)c).EncodeToUtf8(bytes)], out _);
        }
    }

    public override void Apply(ref NormalizedText text)
    {
        ReadOnlySpan<char> characters = text.Span;
        bool[] stays = _stays;
        int at = 0;
        while (at < characters.Length && stays[characters[at]])
            at++;
        if (at == characters.Length)
            return;

        var changes = new Transformation(text.Length + 16);
        bool modified = false;
        for (int i = 0; i < characters.Length;)
        {
            if (stays[characters[i]] && (i + 1 == characters.Length || stays[characters[i + 1]]))
            {
                changes.Add(characters[i++], 0);
                continue;
            }
            int length = GraphemeClusters.Next(characters[i..]);
            modified |= Normalize(characters.Slice(i, length), ref changes);
            i += length;
        }
        if (modified)
            changes.Apply(ref text);
        changes.Dispose();
    }

    private bool Normalize(ReadOnlySpan<char> cluster, ref Transformation changes)
    {
        Span<byte> bytes = stackalloc byte[5];
        if (cluster.Length <= bytes.Length
            && Encoding.UTF8.TryGetBytes(cluster, bytes, out int length)
            && _map.TryFind(bytes[..length], out ReadOnlySpan<char> whole))
        {
            Replace(ref changes, CodePoints(cluster), whole);
            return true;
        }
        bool modified = false;
        for (int i = 0; i < cluster.Length;)
        {
            Rune.DecodeFromUtf16(cluster[i..], out Rune rune, out int units);
            bool found = _map.TryFind(bytes[..rune.EncodeToUtf8(bytes)], out ReadOnlySpan<char> part);
            modified |= found;
            if (found)
                Replace(ref changes, 1, part);
            else
                changes.Add(rune.Value, 0);
            i += units;
        }
        return modified;
    }

    private static void Replace(ref Transformation changes, int old, ReadOnlySpan<char> replacement)
    {
        int added = CodePoints(replacement) - old;
        int kept = CodePoints(replacement) - Math.Max(0, added);
        foreach (Rune rune in replacement.EnumerateRunes())
            changes.Add(rune.Value, kept-- > 0 ? 0 : 1);
        if (added < 0)
            changes.ChangeLast(added);
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char c in text)
            count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
