using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerJson
{
    private const string Known = "BertPreTokenizer alone, or ByteLevel, Metaspace, WhitespaceSplit and a Sequence of these";

    public static TokenizerSpecification Read(TokenizerSpecification specification, JsonFields? preTokenizer, string file)
    {
        IReadOnlyList<JsonFields> parts = TokenizerJson.Flatten(preTokenizer, "pretokenizers", file);
        if (parts is [var only] && only.Text("type") == "BertPreTokenizer")
            return specification with { PreTokenizer = _ => BertPreTokenizer.Instance };
        if (parts.FirstOrDefault(part => part.Text("type") == "ByteLevel") is { } byteLevel)
            specification = WithPrefixSpace(specification, byteLevel.Flag("add_prefix_space") ?? true);

        Func<BertTokenizerOptions, PreTokenizerStep>[] steps = [.. parts.Select(part => Step(part, file))];
        return specification with { PreTokenizer = options => new PreTokenizerChain([.. steps.Select(step => step(options))]) };
    }

    /// <summary>Returns a copy with a ByteLevel pre-tokenizer that respects <see cref="BertTokenizerOptions.AddPrefixSpace"/>.</summary>
    public static TokenizerSpecification WithPrefixSpace(TokenizerSpecification specification, bool addPrefixSpace) => specification with
    {
        PreTokenizer = options => new PreTokenizerChain(new ByteLevel(options.AddPrefixSpace, useRegex: true)),
        Settings = [.. specification.Settings, TokenizerConfig.PrefixSpaceName],
        Options = specification.Options with { AddPrefixSpace = addPrefixSpace },
    };

    private static Func<BertTokenizerOptions, PreTokenizerStep> Step(JsonFields part, string file)
    {
        switch (part.Text("type"))
        {
            case "ByteLevel":
                bool useRegex = part.Flag("use_regex") ?? true;
                return options => new ByteLevel(options.AddPrefixSpace, useRegex);
            case "Metaspace":
                (char mark, PrependScheme scheme) = MetaspaceJson.Read(part);
                var metaspace = new Metaspace(mark, scheme, part.Flag("split") ?? true);
                return _ => metaspace;
            case "WhitespaceSplit":
                return _ => WhitespaceSplit.Instance;
            default:
                throw TokenizerJson.Refuse("pre_tokenizer", part, file, Known);
        }
    }
}
