using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the parts of an expression that match one code point, and writes them for .NET, which matches UTF-16 units.</summary>
internal sealed class ExpressionClasses(ExpressionReader reader)
{
    // Letters outside ASCII that are equal to an ASCII letter if case is ignored.
    private const int LongS = 0x17F, Kelvin = 0x212A;

    private static readonly CodePointSet s_hex = new(('0', '9'), ('A', 'F'), ('a', 'f'));
    private static readonly CodePointSet s_word = UnicodeSets.Find("word")!;
    private static readonly CodePointSet s_ascii = new((0, 0x7F));

    // What ignoring case can change outside ASCII, in letters that would require case-folding tables.
    private static readonly CodePointSet s_foldable = s_ascii
        .Union(UnicodeSets.Find("p")!).Union(UnicodeSets.Find("z")!).Union(UnicodeSets.Find("nd")!)
        .Union(new CodePointSet((LongS, LongS), (Kelvin, Kelvin))).Complement();

    /// <summary>Reads what follows a backslash if it is a set or a character.</summary>
    /// <param name="word">The set of <c>\w</c>.</param>
    public CodePointSet ReadEscape(CodePointSet word)
    {
        int c = reader.Read();
        switch (c)
        {
            case 'd' or 'D':
                return Maybe(UnicodeSets.Find("nd")!, c == 'D');
            case 'h' or 'H':
                return Maybe(s_hex, c == 'H');
            case 's' or 'S':
                return Maybe(UnicodeSets.Whitespace, c == 'S');
            case 'w' or 'W':
                return Maybe(word, c == 'W');
            case 'p' or 'P' when reader.TryRead("{"):
                bool inverted = reader.TryRead("^");
                string name = reader.ReadTo('}');
                return Maybe(UnicodeSets.Find(name) ?? throw reader.Unsupported($"the property '{name}'"), inverted != (c == 'P'));
            default:
                return CodePointSet.Of(Character(c));
        }
    }

    /// <summary>Reads a class in brackets, of which the first bracket has been read.</summary>
    public CodePointSet ReadClass(bool ignoreCase)
    {
        reader.Enter();
        bool inverted = reader.TryRead("^");
        CodePointSet? left = null;
        var items = new CodePointSet();
        for (bool isFirst = true; isFirst || !reader.TryRead("]"); isFirst = false)
        {
            if (reader.TryRead("&&"))
                (left, items) = (left?.Intersect(items) ?? items, new CodePointSet());
            else
                items = items.Union(Folded(Item(ignoreCase), ignoreCase));
        }
        reader.Leave();
        return Maybe(left?.Intersect(items) ?? items, inverted);
    }

    /// <summary>Returns a set that ignores case, if that is asked for.</summary>
    public CodePointSet Folded(CodePointSet set, bool ignoreCase)
    {
        if (!ignoreCase)
            return set;
        int foldable = set.Intersect(s_foldable).Ranges.Sum(range => range.Last - range.First + 1);
        if (foldable != 0 && foldable != s_foldable.Ranges.Sum(range => range.Last - range.First + 1))
            throw reader.Unsupported("(?i) for characters outside ASCII");
        IEnumerable<(int, int)> more = set.Ranges.SelectMany(range => "abcdefghijklmnopqrstuvwxyz"
            .Where(letter => Has(range, letter) || Has(range, char.ToUpperInvariant(letter)) || (letter == 's' && Has(range, LongS))
                || (letter == 'k' && Has(range, Kelvin)))
            .SelectMany(letter => (int[])[letter, char.ToUpperInvariant(letter), letter == 's' ? LongS : letter == 'k' ? Kelvin : letter])
            .Select(c => (c, c)));
        return set.Union(new CodePointSet(more));

        static bool Has((int First, int Last) range, int codePoint) => codePoint >= range.First && codePoint <= range.Last;
    }

    /// <summary>Writes an expression of .NET that matches one code point of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="withSurrogates">Whether to match surrogate pairs; otherwise, the text is known to contain none.</param>
    public static string Write(CodePointSet set, bool withSurrogates)
    {
        var basic = new StringBuilder();
        var pairs = new SortedDictionary<int, StringBuilder>();
        foreach ((int first, int last) in set.Ranges)
        {
            if (first <= 0xFFFF)
                basic.Append(Unit(first)).Append('-').Append(Unit(Math.Min(last, 0xFFFF)));
            for (int from = Math.Max(first, 0x10000), to; withSurrogates && from <= last; from = to + 1)
            {
                to = Math.Min(last, from | 0x3FF);
                int high = 0xD800 + (from - 0x10000 >> 10);
                if (!pairs.TryGetValue(high, out StringBuilder? lows))
                    pairs.Add(high, lows = new StringBuilder());
                lows.Append(Unit(0xDC00 | from & 0x3FF)).Append('-').Append(Unit(0xDC00 | to & 0x3FF));
            }
        }
        List<string> alternatives = [.. pairs.GroupBy(pair => pair.Value.ToString(), pair => Unit(pair.Key))
            .Select(group => $"[{string.Concat(group)}][{group.Key}]")];
        if (basic.Length > 0)
            alternatives.Insert(0, $"[{basic}]");
        return alternatives.Count switch
        {
            0 => @"[^\s\S]",
            1 when pairs.Count == 0 => alternatives[0],
            _ => $"(?:{string.Join('|', alternatives)})",
        };
    }

    private static string Unit(int unit) => $"\\u{unit:X4}";

    private static CodePointSet Maybe(CodePointSet set, bool inverted) => inverted ? set.Complement() : set;

    private CodePointSet Item(bool ignoreCase)
    {
        if (reader.TryRead("[:"))
            return Posix();
        if (reader.TryRead("["))
            return ReadClass(ignoreCase);
        bool isEscaped = reader.TryRead("\\");
        CodePointSet item = isEscaped ? ReadEscape(s_word) : CodePointSet.Of(reader.Read());
        if (item.Ranges is not [var (first, last)] || first != last || !reader.TryRead("-"))
            return item;
        if (reader.Peek is ']')
            return item.Union(CodePointSet.Of('-'));
        if (reader.Peek is '[')
            throw reader.Unsupported("a range that ends with a class");
        CodePointSet end = reader.TryRead("\\") ? ReadEscape(s_word) : CodePointSet.Of(reader.Read());
        if (end.Ranges is not [var (top, same)] || top != same || top < first)
            throw reader.Unsupported("a range without a last character");
        return new CodePointSet((first, top));
    }

    private CodePointSet Posix()
    {
        bool inverted = reader.TryRead("^");
        string name = reader.ReadTo(':');
        CodePointSet? set = name switch
        {
            "punct" => UnicodeSets.Find("p")!.Union(UnicodeSets.Find("s")!),
            "blank" => UnicodeSets.Find("zs")!.Union(CodePointSet.Of('\t')),
            "xdigit" => s_hex,
            "digit" or "space" or "cntrl" or "word" or "ascii" => UnicodeSets.Find(name),
            _ => null,
        };
        return set is not null && reader.TryRead("]") ? Maybe(set, inverted) : throw reader.Unsupported($"[:{name}:]");
    }

    private int Character(int c)
    {
        switch (c)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return '\e';
            case 'u':
                return reader.ReadHex(4);
            case 'x' when reader.TryRead("{"):
                int code = reader.ReadHex(6);
                return reader.TryRead("}") ? code : throw reader.Unsupported(@"several code points in \x{}");
            case 'x':
                int value = reader.ReadHex(2);
                return value < 0x80 ? value : throw reader.Unsupported(@"bytes such as \x80");
            case < 0x80 when char.IsAsciiLetterOrDigit((char)c):
                throw reader.Unsupported($"\\{(char)c}");
            default:
                return c;
        }
    }
}
