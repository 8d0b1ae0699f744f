namespace Bert.MLNet.Tokenization;

/// <summary>
/// General categories, scripts and other named sets of code points, as HuggingFace's tokenizers define them; see
/// <c>CategoryTables.txt</c>.
/// </summary>
internal static class UnicodeSets
{
    private static readonly UnicodeTableFile s_file = new("CategoryTables");

    private static readonly string[] s_scripts =
        ["Arabic", "Cyrillic", "Devanagari", "Greek", "Han", "Hangul", "Hebrew", "Hiragana", "Katakana", "Latin", "Thai"];

    // Long names of general categories that occur in expressions, and other properties.
    private static readonly Dictionary<string, string> s_aliases = new()
    {
        ["letter"] = "l", ["mark"] = "m", ["number"] = "n", ["punctuation"] = "p", ["punct"] = "p", ["symbol"] = "s", ["separator"] = "z",
        ["uppercaseletter"] = "lu", ["lowercaseletter"] = "ll", ["titlecaseletter"] = "lt", ["modifierletter"] = "lm",
        ["otherletter"] = "lo", ["nonspacingmark"] = "mn", ["spacingmark"] = "mc", ["enclosingmark"] = "me", ["decimalnumber"] = "nd",
        ["letternumber"] = "nl", ["othernumber"] = "no", ["digit"] = "nd", ["control"] = "cc", ["cntrl"] = "cc", ["other"] = "c",
        ["whitespace"] = "space",
    };

    private static readonly Dictionary<string, CodePointSet> s_named = Create();

    public static CodePointSet Letter { get; } = s_named["l"];

    public static CodePointSet Number { get; } = s_named["n"];

    public static CodePointSet Whitespace { get; } = s_named["space"];

    /// <summary>
    /// The characters of words in Oniguruma (<c>\w</c> and <c>\b</c>). Unlike in a class such as <c>[\w]</c>, they include superscript
    /// digits and fractions of Latin-1.
    /// </summary>
    public static CodePointSet Word { get; } =
        s_named["word"].Union(new CodePointSet((0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE)));

    /// <summary>The characters of words in Rust's regular expressions (<c>\w</c>).</summary>
    public static CodePointSet RustWord { get; } = s_named["word"].Union(new CodePointSet((0x200C, 0x200D)));

    /// <summary>The numeric characters of Rust (<c>char::is_numeric</c>).</summary>
    public static CodePointSet Numeric { get; } = Number.Union(new CodePointSet(s_file.Ranges("digits")));

    /// <summary>The punctuation characters of the pre-tokenizers BertPreTokenizer and Punctuation.</summary>
    public static CodePointSet Punctuation => new(Enumerable.Range(0, 0x110000)
        .Where(c => (UnicodeTables.Kinds(c) & CharacterKinds.Punctuation) != 0).Select(c => (c, c)));

    /// <summary>Returns the set of a property such as <c>L</c>, <c>Letter</c> or <c>Han</c>; null if it is not known.</summary>
    public static CodePointSet? Find(string property)
    {
        string name = property.ToLowerInvariant();
        foreach (string ignored in (string[])[" ", "_", "-"])
            name = name.Replace(ignored, "", StringComparison.Ordinal);
        return s_named.GetValueOrDefault(s_aliases.GetValueOrDefault(name, name));
    }

    private static Dictionary<string, CodePointSet> Create()
    {
        var named = new Dictionary<string, CodePointSet>();
        foreach (string category in (string[])["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
            "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co"])
            named[category.ToLowerInvariant()] = new CodePointSet(s_file.Ranges(category));
        named["cn"] = All(named.Values).Complement();
        foreach (char major in "lmnpszc")
            named[major.ToString()] = All(named.Where(set => set.Key[0] == major).Select(set => set.Value));
        foreach (string script in s_scripts)
            named[script.ToLowerInvariant()] = new CodePointSet(s_file.Ranges(script));
        named["any"] = CodePointSet.All;
        named["ascii"] = new CodePointSet((0, 0x7F));
        named["space"] = named["z"].Union(new CodePointSet((9, 13), (0x85, 0x85)));
        named["word"] = All([named["l"], named["m"], named["nd"], named["nl"], named["pc"],
            new CodePointSet(s_file.Ranges("circled"))]);
        return named;
    }

    private static CodePointSet All(IEnumerable<CodePointSet> sets) => new(sets.SelectMany(set => set.Ranges));
}
