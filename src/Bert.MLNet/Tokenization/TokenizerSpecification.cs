namespace Bert.MLNet.Tokenization;

/// <summary>Contains everything that a tokenizer is created from.</summary>
/// <param name="Pieces">The word pieces.</param>
/// <param name="AddedTokens">The tokens that are searched for in text, including special tokens.</param>
/// <param name="Options">The options that users can set.</param>
internal sealed record TokenizerSpecification(BertVocabulary Pieces, IReadOnlyList<AddedToken> AddedTokens, BertTokenizerOptions Options)
{
    /// <summary>The file that the vocabulary was read from, for messages; null if there is none.</summary>
    public string? File { get; init; }

    /// <summary>The positions of special tokens around texts.</summary>
    public RowTemplate Row { get; init; } = RowTemplate.Bert;

    /// <summary>
    /// Whether rows are encoded for an encoder. If not, as for static embeddings, the vocabulary may lack the token that pads them.
    /// </summary>
    public bool HasRows { get; init; } = true;

    /// <summary>Whether a <c>vocab.txt</c> of the pieces describes the model completely.</summary>
    public bool HasLines { get; init; } = true;

    /// <summary>Whether the model produces the unknown token, which must then be in the vocabulary.</summary>
    public bool NeedsUnknownToken { get; init; } = true;

    /// <summary>The fields of <c>tokenizer_config.json</c> that affect the tokenizer's parts.</summary>
    public IReadOnlyList<string> Settings { get; init; } = BertSettings;

    /// <summary>Creates the normalizer, which processes text before it is split into words.</summary>
    public Func<BertTokenizerOptions, TextNormalizer> Normalizer { get; init; } = options => BertNormalizer.Create(options);

    /// <summary>Creates the pre-tokenizer, which splits text into words.</summary>
    public Func<BertTokenizerOptions, TextPreTokenizer> PreTokenizer { get; init; } = _ => BertPreTokenizer.Instance;

    /// <summary>Creates the model from the pieces and the id of the unknown token.</summary>
    public Func<BertVocabulary, int, TokenModel> Model { get; init; } = (pieces, unknown) =>
        new WordPieceMatcher(pieces.Ids, "##", unknown, maximumWordLength: 100);

    /// <summary>Converts tokens back to text.</summary>
    public TokenDecoder Decoder { get; init; } = new WordPieceDecoder("##", cleanUp: true);

    /// <summary>How whitespace at both ends of tokens is excluded from their offsets; null if it is not.</summary>
    public OffsetTrimming? Trimming { get; init; }

    /// <summary>The settings of BERT's normalizer.</summary>
    public static IReadOnlyList<string> BertSettings { get; } =
        [TokenizerConfig.LowerCaseName, TokenizerConfig.StripAccentsName, TokenizerConfig.ChineseName];

    /// <summary>Returns whether a token is a piece or an added token.</summary>
    public bool Has(string token) => Pieces.TryGetId(token, out _) || AddedTokens.Any(added => added.Content == token);

    /// <summary>Returns a copy with different options and the settings that depend on them.</summary>
    public TokenizerSpecification With(BertTokenizerOptions options) => this with
    {
        Options = options,
        Trimming = options.AddPrefixSpace == Options.AddPrefixSpace || Trimming is null
            ? Trimming
            : new OffsetTrimming(options.AddPrefixSpace),
    };

    /// <summary>
    /// Returns a copy with additional added tokens. As in HuggingFace's tokenizers, a token that is in the vocabulary keeps its id, and
    /// others receive ids after the end of the vocabulary. A token that was added before gets the new properties.
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
