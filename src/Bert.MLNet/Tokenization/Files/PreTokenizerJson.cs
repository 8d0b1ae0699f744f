using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerJson
{
    private const string Known =
        "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Split, UnicodeScripts, " +
        "Whitespace, WhitespaceSplit and a Sequence of these";

    public static TokenizerSpecification Read(TokenizerSpecification specification, JsonFields? preTokenizer, string file)
    {
        IReadOnlyList<JsonFields> parts = TokenizerJson.Flatten(preTokenizer, "pretokenizers", file);
        if (parts is [var only] && only.Text("type") == "BertPreTokenizer")
            return specification with { PreTokenizer = _ => BertPreTokenizer.Instance };
        JsonFields? byteLevel = parts.FirstOrDefault(part => part.Text("type") == "ByteLevel");
        if (byteLevel is not null)
            specification = WithPrefixSpace(specification, AddsPrefixSpace(byteLevel));

        Func<BertTokenizerOptions, PreTokenizerStep>[] steps =
            [.. parts.Select(part => part == byteLevel ? Optional(part) : Always(Step(part, file)))];
        return specification with { PreTokenizer = options => new PreTokenizerChain([.. steps.Select(step => step(options))]) };
    }

    /// <summary>Returns a copy with a ByteLevel pre-tokenizer that respects <see cref="BertTokenizerOptions.AddPrefixSpace"/>.</summary>
    public static TokenizerSpecification WithPrefixSpace(TokenizerSpecification specification, bool addPrefixSpace) => specification with
    {
        PreTokenizer = options => new PreTokenizerChain(new ByteLevel(options.AddPrefixSpace, useRegex: true)),
        Settings = [.. specification.Settings, TokenizerConfig.PrefixSpaceName],
        Options = specification.Options with { AddPrefixSpace = addPrefixSpace },
    };

    // The first ByteLevel respects the option.
    private static Func<BertTokenizerOptions, PreTokenizerStep> Optional(JsonFields byteLevel)
    {
        bool useRegex = UsesRegex(byteLevel);
        return options => new ByteLevel(options.AddPrefixSpace, useRegex);
    }

    private static Func<BertTokenizerOptions, PreTokenizerStep> Always(PreTokenizerStep step) => _ => step;

    private static bool AddsPrefixSpace(JsonFields byteLevel) => byteLevel.Flag("add_prefix_space") ?? true;

    private static bool UsesRegex(JsonFields byteLevel) => byteLevel.Flag("use_regex") ?? true;

    private static PreTokenizerStep Step(JsonFields part, string file)
    {
        switch (part.Text("type"))
        {
            case "ByteLevel":
                return new ByteLevel(AddsPrefixSpace(part), UsesRegex(part));
            case "BertPreTokenizer":
                return BertWords.Instance;
            case "CharDelimiterSplit":
                return new PatternSplit(new LiteralPattern(Delimiter(part, file)), SplitBehavior.Removed, invert: false);
            case "Digits":
                SplitBehavior digits = part.Flag("individual_digits") ?? false ? SplitBehavior.Isolated : SplitBehavior.Contiguous;
                return new PatternSplit(new CodePointPattern(UnicodeSets.Numeric), digits, invert: false);
            case "FixedLength":
                return new FixedLength(part.Whole("length", 1) ?? 5);
            case "Metaspace":
                (char mark, PrependScheme scheme) = MetaspaceJson.Read(part);
                return new Metaspace(mark, scheme, part.Flag("split") ?? true);
            case "Punctuation":
                return new PatternSplit(new CodePointPattern(UnicodeSets.Punctuation), Behavior(part, "Isolated", file), invert: false);
            case "Split":
                return new PatternSplit(PatternJson.Read(part, file), Behavior(part, null, file), part.Flag("invert") ?? false);
            case "UnicodeScripts":
                return UnicodeScripts.Instance;
            case "Whitespace":
                return WordRuns.Instance;
            case "WhitespaceSplit":
                return WhitespaceSplit.Instance;
            default:
                throw TokenizerJson.Refuse("pre_tokenizer", part, file, Known);
        }
    }

    private static string Delimiter(JsonFields part, string file) =>
        part.Text("delimiter") is { } text && text.EnumerateRunes().Count() == 1
            ? text
            : throw Wrong(part, "delimiter", "one character", file);

    private static SplitBehavior Behavior(JsonFields part, string? usual, string file) => (part.Text("behavior") ?? usual) switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw Wrong(part, "behavior", "'Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext' or 'Contiguous'", file),
    };

    private static InvalidDataException Wrong(JsonFields part, string name, string due, string file) => part.Find(name) is { } value
        ? part.Wrong(name, value, due)
        : new InvalidDataException($"A {part.Text("type")} in '{file}' has no {name}; expected {due}. Correct the file.");
}
