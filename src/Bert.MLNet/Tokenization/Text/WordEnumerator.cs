using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Enumerates the words of normalized text like the pre-tokenizer of BERT. White space separates words, and each punctuation character is a
/// word.
/// </summary>
internal ref struct WordEnumerator(ReadOnlySpan<char> text)
{
    private static readonly CharacterKinds[] s_breaks = Breaks();

    private readonly ReadOnlySpan<char> _text = text;
    private int _end;

    public int Start { get; private set; }

    public readonly int Length => _end - Start;

    public readonly ReadOnlySpan<char> Current => _text[Start.._end];

    public bool MoveNext()
    {
        ReadOnlySpan<char> text = _text;
        int i = _end;
        while (i < text.Length && Break(text, i, out int units) == CharacterKinds.Whitespace)
            i += units;
        if (i == text.Length)
            return false;

        Start = i;
        bool alone = Break(text, i, out int first) == CharacterKinds.Punctuation;
        i += first;
        while (!alone && i < text.Length && Break(text, i, out int units) == CharacterKinds.None)
            i += units;
        _end = i;
        return true;
    }

    private static CharacterKinds Break(ReadOnlySpan<char> text, int i, out int units)
    {
        char c = text[i];
        units = 1;
        if (!char.IsSurrogate(c))
            return s_breaks[c];
        Rune.DecodeFromUtf16(text[i..], out Rune rune, out units);
        return UnicodeTables.Kinds(rune.Value) & (CharacterKinds.Whitespace | CharacterKinds.Punctuation);
    }

    private static CharacterKinds[] Breaks()
    {
        var breaks = new CharacterKinds[0x10000];
        for (int c = 0; c < breaks.Length; c++)
            breaks[c] = UnicodeTables.Kinds(c) & (CharacterKinds.Whitespace | CharacterKinds.Punctuation);
        return breaks;
    }
}
