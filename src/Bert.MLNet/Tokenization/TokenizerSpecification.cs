namespace Bert.MLNet.Tokenization;

/// <summary>All that a tokenizer is made from.</summary>
/// <param name="Pieces">The pieces of words.</param>
/// <param name="AddedTokens">The tokens looked for in text, special ones among them.</param>
/// <param name="Options">What users may set.</param>
internal sealed record TokenizerSpecification(BertVocabulary Pieces, IReadOnlyList<AddedToken> AddedTokens, BertTokenizerOptions Options)
{
    /// <summary>The file that the vocabulary came from, for messages; null for none.</summary>
    public string? File { get; init; }

    /// <summary>How special tokens stand around texts.</summary>
    public RowTemplate Row { get; init; } = RowTemplate.Bert;

    /// <summary>Whether the pieces as lines, a <c>vocab.txt</c>, say all that the model knows.</summary>
    public bool HasLines { get; init; } = true;

    /// <summary>The fields of <c>tokenizer_config.json</c> that its parts follow.</summary>
    public IReadOnlyList<string> Settings { get; init; } = BertSettings;

    /// <summary>What text becomes before it is cut into words.</summary>
    public Func<BertTokenizerOptions, TextNormalizer> Normalizer { get; init; } = options => BertNormalizer.Create(options);

    /// <summary>How text is cut into words.</summary>
    public Func<BertTokenizerOptions, TextPreTokenizer> PreTokenizer { get; init; } = _ => BertPreTokenizer.Instance;

    /// <summary>What words become, given the pieces and the id of the unknown token.</summary>
    public Func<BertVocabulary, int, TokenModel> Model { get; init; } = (pieces, unknown) =>
        new WordPieceMatcher(pieces.Ids, "##", unknown, maximumWordLength: 100);

    /// <summary>How tokens become text again.</summary>
    public TokenDecoder Decoder { get; init; } = new WordPieceDecoder("##", cleanUp: true);

    /// <summary>How blanks at the ends of tokens are left out of their offsets; null for not at all.</summary>
    public OffsetTrimming? Trimming { get; init; }

    /// <summary>The settings of BERT's normalizer.</summary>
    public static IReadOnlyList<string> BertSettings { get; } =
        [TokenizerConfig.LowerCaseName, TokenizerConfig.StripAccentsName, TokenizerConfig.ChineseName];

    /// <summary>With other options, and what follows from them.</summary>
    public TokenizerSpecification With(BertTokenizerOptions options) => this with
    {
        Options = options,
        Trimming = options.AddPrefixSpace == Options.AddPrefixSpace || Trimming is null
            ? Trimming
            : new OffsetTrimming(options.AddPrefixSpace),
    };

    /// <summary>
    /// With further added tokens. As in HuggingFace's tokenizers, one that the vocabulary has keeps its id, others are numbered from its
    /// end; one that was added before takes the new properties.
    /// </summary>
    public TokenizerSpecification Add(IEnumerable<AddedToken> tokens)
    {
        Dictionary<string, AddedToken> added = AddedTokens.ToDictionary(token => token.Content);
        int next = Math.Max(Pieces.Size, AddedTokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());
        foreach (AddedToken token in tokens.Where(token => token.Content.Length > 0))
        {
            int id = added.TryGetValue(token.Content, out AddedToken? known) ? known.Id
                : Pieces.TryGetId(token.Content, out int piece) ? piece : next++;
            added[token.Content] = token with { Id = id };
        }
        return this with { AddedTokens = [.. added.Values] };
    }
}
