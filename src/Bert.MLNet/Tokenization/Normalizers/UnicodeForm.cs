namespace Bert.MLNet.Tokenization;

/// <summary>
/// Applies a Unicode normalization form in the same way as HuggingFace's tokenizers, including the source of each code point. The tables
/// are those of HuggingFace's tokenizers; see <see cref="UnicodeTables"/>.
/// </summary>
internal sealed class UnicodeForm : NormalizerStep
{
    public static UnicodeForm Nfd { get; } = new(UnicodeTables.Decompose, composes: false);

    public static UnicodeForm Nfkd { get; } = new(CompatibilityTables.Decompose, composes: false);

    public static UnicodeForm Nfc { get; } = new(UnicodeTables.Decompose, composes: true);

    public static UnicodeForm Nfkc { get; } = new(CompatibilityTables.Decompose, composes: true);

    private delegate ReadOnlySpan<int> Decomposition(int codePoint, Span<int> room);

    private readonly Decomposition _decompose;
    private readonly bool _composes;
    private readonly bool[] _inert = new bool[0x10000]; // unchanged whatever its neighbours are

    private UnicodeForm(Decomposition decompose, bool composes)
    {
        (_decompose, _composes) = (decompose, composes);
        HashSet<int> seconds = composes ? [.. CompatibilityTables.Seconds] : [];
        for (int c = 0; c < 0xD800; c++)
            _inert[c] = IsInert(c);
        for (int c = 0xE000; c < 0x10000; c++)
            _inert[c] = IsInert(c);

        bool IsInert(int c)
        {
            if (UnicodeTables.CombiningClass(c) != 0 || seconds.Contains(c))
                return false;
            ReadOnlySpan<int> parts = decompose(c, new int[3]);
            int whole = parts[0];
            foreach (int part in composes ? parts[1..] : [])
                whole = CompatibilityTables.Compose(whole, part);
            return whole == c && (composes || parts.Length == 1);
        }
    }

    public override void Apply(ref NormalizedText text)
    {
        int at = 0;
        ReadOnlySpan<char> characters = text.Span;
        bool[] inert = _inert;
        while (at < characters.Length && inert[characters[at]])
            at++;
        if (at == characters.Length)
            return;

        var parts = new Transformation(text.Length + 16);
        Decompose(text.Span, ref parts);
        if (_composes)
            Compose(ref parts);
        parts.Apply(ref text);
        parts.Dispose();
    }

    private void Decompose(ReadOnlySpan<char> text, ref Transformation parts)
    {
        Span<int> room = stackalloc int[3];
        int marks = 0; // marks at the end, which can still be reordered
        for (int i = 0; i < text.Length; i++)
        {
            if (_inert[text[i]] && (!_composes || i + 1 == text.Length || _inert[text[i + 1]]))
            {
                parts.Add(text[i], 0);
                marks = 0;
                continue;
            }
            int codePoint = text[i];
            if (char.IsHighSurrogate(text[i]))
                codePoint = char.ConvertToUtf32(text[i], text[++i]);
            int change = 0;
            foreach (int part in _decompose(codePoint, room))
            {
                byte combining = UnicodeTables.CombiningClass(part);
                parts.Add(part, change);
                change = 1;
                marks = combining == 0 ? 0 : marks + 1;
                for (int m = parts.Count - 1; m > parts.Count - marks
                    && UnicodeTables.CombiningClass(parts.CodePoint(m - 1)) > combining; m--)
                    parts.Swap(m - 1, m);
            }
        }
    }

    // The recomposition of the crate unicode-normalization-alignments: a composed code point replaces its first part, whose change records
    // how many code points it represents.
    private static void Compose(ref Transformation parts)
    {
        var result = new Transformation(parts.Count + 1);
        int starter = -1;      // index of the last code point that later ones can be composed with
        int blocking = -1;     // combining class of the last mark after it that was not composed; -1 for none
        for (int i = 0; i < parts.Count; i++)
        {
            (int codePoint, int change) = parts[i];
            int combining = UnicodeTables.CombiningClass(codePoint);
            bool mayJoin = starter >= 0 && blocking < combining;
            if (mayJoin && CompatibilityTables.Compose(result.CodePoint(starter), codePoint) is var whole and >= 0)
            {
                result.Join(starter, whole, change);
                continue;
            }
            if (combining == 0)
                (starter, blocking) = (result.Count, -1);
            else if (starter >= 0)
                blocking = combining;
            result.Add(codePoint, change);
        }
        parts.Dispose();
        parts = result;
    }
}
