using Bert.MLNet.Tokenization;

namespace Bert.MLNet;

/// <summary>
/// BERT's tokenizer, equal to HuggingFace's Rust <c>tokenizers</c> in tokens and offsets for every text. Immutable and thread-safe.
/// </summary>
public sealed class BertTokenizer
{
    private readonly TextTokenizer _text;

    private BertTokenizer(BertVocabulary vocabulary, BertTokenizerOptions options)
    {
        (Vocabulary, Options) = (vocabulary, options);
        PadTokenId = IdOf(options.PadToken, nameof(options.PadToken));
        ClsTokenId = IdOf(options.ClsToken, nameof(options.ClsToken));
        SepTokenId = IdOf(options.SepToken, nameof(options.SepToken));
        MaskTokenId = IdOf(options.MaskToken, nameof(options.MaskToken));
        UnknownTokenId = IdOf(options.UnknownToken, nameof(options.UnknownToken));
        AddedToken[] added = [.. options.SpecialTokens.Distinct().Select(token => new AddedToken(token, vocabulary.Ids[token]) { Special = true })];
        _text = new TextTokenizer(
            options.CreateNormalizer(),
            new WordPieceMatcher(vocabulary.Ids, options.ContinuingSubwordPrefix, UnknownTokenId, options.MaxInputCharsPerWord),
            options.SplitSpecialTokens ? [] : added);
    }

    /// <summary>The vocabulary.</summary>
    public BertVocabulary Vocabulary { get; }

    /// <summary>How text is treated.</summary>
    public BertTokenizerOptions Options { get; }

    /// <summary>Id of the token that fills rows of a batch.</summary>
    public int PadTokenId { get; }

    /// <summary>Id of the token that begins a row.</summary>
    public int ClsTokenId { get; }

    /// <summary>Id of the token that ends a text.</summary>
    public int SepTokenId { get; }

    /// <summary>Id of the token that hides another.</summary>
    public int MaskTokenId { get; }

    /// <summary>Id of the token for words without pieces.</summary>
    public int UnknownTokenId { get; }

    /// <summary>A tokenizer on a <c>vocab.txt</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">A special token of <paramref name="options"/> is not in the vocabulary.</exception>
    public static BertTokenizer Create(string vocabularyFile, BertTokenizerOptions? options = null) =>
        Create(BertVocabulary.Load(vocabularyFile), options);

    /// <summary>A tokenizer on a vocabulary.</summary>
    /// <exception cref="ArgumentException">A special token of <paramref name="options"/> is not in the vocabulary.</exception>
    public static BertTokenizer Create(BertVocabulary vocabulary, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return new BertTokenizer(vocabulary, options ?? new BertTokenizerOptions());
    }

    /// <summary>Adds the tokens of a text, without <c>[CLS]</c> and <c>[SEP]</c>, to <paramref name="ids"/>.</summary>
    internal void EncodeTo(ReadOnlySpan<char> text, List<int> ids)
    {
        var tokens = new TokenBuffer(text.Length / 3 + 16, aligned: false);
        _text.Tokenize(text, int.MaxValue, ref tokens);
        ids.AddRange(tokens.Ids.Span);
        tokens.Dispose();
    }

    private int IdOf(string token, string option) => Vocabulary.TryGetId(token, out int id)
        ? id
        : throw new ArgumentException($"The vocabulary has no token '{token}', which {nameof(BertTokenizerOptions)}.{option} names. Name a token of the vocabulary.");
}
