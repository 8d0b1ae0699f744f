using System.Globalization;
using System.Text;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads an expression one code point at a time.</summary>
internal sealed class ExpressionReader
{
    // An expression of this length still becomes a .NET expression of moderate size.
    private const int MaxLength = 2_000, MaxDepth = 50;

    private readonly string _expression, _file;
    private int _at, _depth;

    public ExpressionReader(string expression, string file)
    {
        (_expression, _file) = (expression, file);
        if (expression.Length > MaxLength)
            throw Unsupported($"more than {MaxLength} characters");
    }

    public bool AtEnd => _at == _expression.Length;

    /// <summary>The next code point; -1 at the end.</summary>
    public int Peek => AtEnd ? -1 : Rune.GetRuneAt(_expression, _at).Value;

    /// <summary>Reads a code point.</summary>
    public int Read()
    {
        if (AtEnd)
            throw Unsupported("an unexpected end");
        Rune rune = Rune.GetRuneAt(_expression, _at);
        _at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>Reads a text if it comes next.</summary>
    public bool TryRead(string text)
    {
        bool found = _expression.AsSpan(_at).StartsWith(text, StringComparison.Ordinal);
        _at += found ? text.Length : 0;
        return found;
    }

    /// <summary>Reads up to a character, which is also read.</summary>
    public string ReadTo(char end)
    {
        int found = _expression.IndexOf(end, _at);
        if (found < 0)
            throw Unsupported($"a '{end}' that is missing");
        string text = _expression[_at..found];
        _at = found + 1;
        return text;
    }

    /// <summary>Reads the digits of a code point, up to a number of them.</summary>
    public int ReadHex(int digits)
    {
        int end = _at;
        while (end < _expression.Length && end - _at < digits && char.IsAsciiHexDigit(_expression[end]))
            end++;
        string text = _expression[_at..end];
        _at = end;
        return int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && Rune.IsValid(value)
            ? value
            : throw Unsupported($"the code point '{text}'");
    }

    /// <summary>Reads an interval such as <c>{2,}</c>. Reads nothing if the brace is a plain character.</summary>
    /// <param name="least">The minimum count.</param>
    /// <param name="most">The maximum count; -1 if there is none.</param>
    public bool TryReadInterval(out int least, out int most)
    {
        (least, most) = (0, -1);
        int end = Peek == '{' ? _expression.IndexOf('}', _at) : -1;
        if (end < 0)
            return false;
        string[] counts = _expression[(_at + 1)..end].Split(',');
        if (counts.Length > 2 || counts.All(count => count.Length == 0) || counts.Any(count => !count.All(char.IsAsciiDigit)))
            return false;
        if (counts.Any(count => count.Length > 3))
            throw Unsupported("an interval of 1,000 or more");
        least = counts[0].Length == 0 ? 0 : int.Parse(counts[0], CultureInfo.InvariantCulture);
        most = counts[^1].Length == 0 ? -1 : int.Parse(counts[^1], CultureInfo.InvariantCulture);
        if (most >= 0 && most < least)
            throw Unsupported("an interval that ends before it starts");
        _at = end + 1;
        return true;
    }

    /// <summary>Enters a group or class; they are nested only to a limited depth.</summary>
    public void Enter()
    {
        if (++_depth > MaxDepth)
            throw Unsupported($"more than {MaxDepth} nested groups");
    }

    public void Leave() => _depth--;

    public NotSupportedException Unsupported(string construct) => TokenizerJson.Refuse(
        "regular expression", PrintableText.Of(_expression), _file,
        $"expressions without {construct}");
}
