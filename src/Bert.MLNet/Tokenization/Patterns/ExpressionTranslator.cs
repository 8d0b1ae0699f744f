using System.Text;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Translates regular expressions of the Oniguruma library (its Ruby syntax) to .NET. The result finds the same matches in any text
/// without unpaired surrogates: classes are written out with the Unicode tables of HuggingFace's tokenizers, and a code point outside the
/// basic plane is one character. Constructs that .NET cannot match in the same way are refused by name.
/// </summary>
internal sealed class ExpressionTranslator
{
    // Pairs of letters that ignoring case makes equal to one character, such as U+FB00.
    private static readonly string[] s_ligatures = ["ff", "fi", "fl", "ss", "st"];

    private readonly record struct Settings(bool IgnoreCase, bool DotMatchesLineFeed);

    private readonly ExpressionReader _reader;
    private readonly ExpressionClasses _classes;
    private readonly bool _withSurrogates;

    private ExpressionTranslator(string expression, string file, bool withSurrogates)
    {
        _reader = new ExpressionReader(expression, file);
        _classes = new ExpressionClasses(_reader);
        _withSurrogates = withSurrogates;
    }

    /// <summary>Returns the equivalent expression of .NET.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="withSurrogates">Whether the text can contain surrogate pairs.</param>
    /// <exception cref="NotSupportedException">The expression contains a construct that is not supported; the message names it.</exception>
    public static string Translate(string expression, string file, bool withSurrogates)
    {
        var translator = new ExpressionTranslator(expression, file, withSurrogates);
        string translated = translator.Alternatives(default);
        return translator._reader.AtEnd ? translated : throw translator._reader.Unsupported("an unmatched ')'");
    }

    private string Alternatives(Settings settings)
    {
        _reader.Enter();
        var result = new StringBuilder();
        char before = '\0'; // the previous letter, for ligatures
        while (!_reader.AtEnd && _reader.Peek != ')')
        {
            if (_reader.TryRead("|"))
            {
                result.Append('|');
                before = '\0';
                continue;
            }
            int next = _reader.Peek;
            if (settings.IgnoreCase && next is < 0x80 && s_ligatures.Contains($"{before}{char.ToLowerInvariant((char)next)}"))
                throw _reader.Unsupported($"(?i) for '{before}{(char)next}'");
            before = next is < 0x80 ? char.ToLowerInvariant((char)next) : '\0';
            string atom = Atom(settings, out bool repeats);
            result.Append(Repeated(atom, repeats));
        }
        _reader.Leave();
        return result.ToString();
    }

    private string Atom(Settings settings, out bool repeats)
    {
        repeats = true;
        int c = _reader.Read();
        switch (c)
        {
            case '(':
                return Group(settings, out repeats);
            case '[':
                return Set(_classes.ReadClass(settings.IgnoreCase));
            case '.':
                return Set(settings.DotMatchesLineFeed ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            case '^':
                repeats = false;
                return @"(?:\A|(?<=\n)(?!\z))";
            case '$':
                repeats = false;
                return @"(?=\n|\z)";
            case '*' or '+' or '?':
                throw _reader.Unsupported($"a '{(char)c}' that repeats nothing or a repetition");
            case '\\':
                return Escape(settings, out repeats);
            default:
                return Set(_classes.Folded(CodePointSet.Of(c), settings.IgnoreCase));
        }
    }

    private string Escape(Settings settings, out bool repeats)
    {
        repeats = false;
        switch (_reader.Peek)
        {
            case 'A' or 'z' or 'Z':
                return $"\\{(char)_reader.Read()}";
            case 'b' or 'B':
                bool isBoundary = _reader.Read() == 'b';
                string word = Set(UnicodeSets.Word), no = isBoundary ? "!" : "=", yes = isBoundary ? "=" : "!";
                return $"(?:(?<={word})(?{no}{word})|(?<!{word})(?{yes}{word}))";
            case 'R':
                _reader.Read();
                return @"(?>\r\n|[\n-\r\u0085\u2028\u2029])";
            case 'N' or 'O':
                repeats = true;
                return Set(_reader.Read() == 'O' ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            default:
                repeats = true;
                return Set(_classes.Folded(_classes.ReadEscape(UnicodeSets.Word), settings.IgnoreCase));
        }
    }

    // The opening parenthesis has been read.
    private string Group(Settings settings, out bool repeats)
    {
        foreach (string look in (string[])["?=", "?!", "?<=", "?<!", "?>"])
        {
            if (_reader.TryRead(look))
            {
                repeats = look == "?>";
                return $"({look}{Closed(settings)}";
            }
        }
        repeats = true;
        if (_reader.TryRead("?#"))
        {
            _reader.ReadTo(')');
            repeats = false;
            return "";
        }
        if (_reader.TryRead("?<"))
            _reader.ReadTo('>');
        else if (_reader.TryRead("?"))
            return WithOptions(settings);
        return $"(?:{Closed(settings)}";
    }

    private string WithOptions(Settings settings)
    {
        for (bool value = true; ;)
        {
            switch (_reader.Read())
            {
                case '-':
                    value = false;
                    break;
                case 'i':
                    settings = settings with { IgnoreCase = value };
                    break;
                case 'm':
                    settings = settings with { DotMatchesLineFeed = value };
                    break;
                case ':':
                    return $"(?:{Closed(settings)}";
                case ')':
                    // Applies to the rest of the enclosing group, including its other alternatives.
                    return $"(?:{Alternatives(settings)})";
                case var other:
                    throw _reader.Unsupported($"the group '(?{char.ConvertFromUtf32(other)}'");
            }
        }
    }

    private string Closed(Settings settings)
    {
        string content = Alternatives(settings);
        return _reader.TryRead(")") ? content + ")" : throw _reader.Unsupported("a ')' that is missing");
    }

    private string Repeated(string atom, bool repeats)
    {
        int next = _reader.Peek;
        string quantifier;
        if (next is '*' or '+' or '?')
            quantifier = ((char)_reader.Read()).ToString();
        else if (_reader.TryReadInterval(out int least, out int most))
            quantifier = most == least ? $"{{{least}}}" : most < 0 ? $"{{{least},}}" : $"{{{least},{most}}}";
        else
            return atom;
        if (!repeats)
            throw _reader.Unsupported($"a '{quantifier}' after an assertion");
        bool isInterval = quantifier.Length > 1;
        string repeated = isInterval && quantifier.IndexOf(',', StringComparison.Ordinal) < 0 && _reader.Peek == '?'
            ? throw _reader.Unsupported("an optional interval")
            : atom + quantifier;
        if (_reader.TryRead("?"))
            repeated += "?";
        else if (!isInterval && _reader.TryRead("+"))
            repeated = $"(?>{repeated})";
        else if (isInterval && _reader.TryRead("+"))
            repeated = $"(?:{repeated})+"; // not possessive, unlike in other libraries
        return repeated;
    }

    private string Set(CodePointSet set) => ExpressionClasses.Write(set, _withSurrogates);
}
