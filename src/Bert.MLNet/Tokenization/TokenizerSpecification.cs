namespace Bert.MLNet.Tokenization;

/// <summary>All that a tokenizer is made from.</summary>
/// <param name="WordPieces">The pieces of words.</param>
/// <param name="AddedTokens">The tokens looked for in text, special ones among them.</param>
/// <param name="Options">What users may set.</param>
internal sealed record TokenizerSpecification(BertVocabulary WordPieces, IReadOnlyList<AddedToken> AddedTokens, BertTokenizerOptions Options)
{
    /// <summary>The file that the vocabulary came from, for messages; null for none.</summary>
    public string? File { get; init; }

    /// <summary>How special tokens stand around texts.</summary>
    public RowTemplate Row { get; init; } = RowTemplate.Bert;

    /// <summary>Whether control characters are dropped and white space becomes blanks (<c>clean_text</c>).</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>What marks a piece that continues a word (<c>continuing_subword_prefix</c>).</summary>
    public string Prefix { get; init; } = "##";

    /// <summary>Words of more code points are unknown (<c>max_input_chars_per_word</c>).</summary>
    public int MaximumWordLength { get; init; } = 100;

    /// <summary>What marks a continuing piece when decoding; null joins tokens with blanks (<c>decoder</c>).</summary>
    public string? DecoderPrefix { get; init; } = "##";

    /// <summary>Whether decoding takes blanks away before punctuation (<c>cleanup</c> of the decoder).</summary>
    public bool CleanUpDecoded { get; init; } = true;

    /// <summary>
    /// With further added tokens. As in HuggingFace's tokenizers, one that the vocabulary has keeps its id, others are numbered
    /// from its end; one that was added before takes the new properties.
    /// </summary>
    public TokenizerSpecification Add(IEnumerable<AddedToken> tokens)
    {
        Dictionary<string, AddedToken> added = AddedTokens.ToDictionary(token => token.Content);
        int next = Math.Max(WordPieces.Size, AddedTokens.Select(token => token.Id + 1).DefaultIfEmpty().Max());
        foreach (AddedToken token in tokens.Where(token => token.Content.Length > 0))
        {
            int id = added.TryGetValue(token.Content, out AddedToken? known) ? known.Id
                : WordPieces.TryGetId(token.Content, out int piece) ? piece : next++;
            added[token.Content] = token with { Id = id };
        }
        return this with { AddedTokens = [.. added.Values] };
    }
}
