namespace Bert.MLNet.Tokenization;

/// <summary>Finds a string, which must not be empty.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        int found = text[from..].IndexOf(literal);
        (start, end) = (from + found, from + found + literal.Length);
        return found >= 0;
    }
}
