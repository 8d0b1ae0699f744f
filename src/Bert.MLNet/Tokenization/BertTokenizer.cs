using System.Text;
using Bert.MLNet.Tokenization;
using Microsoft.ML.Tokenizers;

namespace Bert.MLNet;

/// <summary>
/// Tokenizes text for BERT and related models with WordPiece, byte-level BPE or Unigram. Tokens and offsets are identical to those of
/// HuggingFace's Rust <c>tokenizers</c> for every text. <see cref="Encode"/> returns rows with special tokens such as <c>[CLS]</c>; the
/// members inherited from <see cref="Tokenizer"/> return only the tokens of a text. Immutable and thread-safe.
/// </summary>
public sealed partial class BertTokenizer : Tokenizer
{
    private readonly TokenizerSpecification _specification;
    private readonly Dictionary<string, byte[]> _files;
    private readonly TextPipeline _text;
    private readonly TokenModel _model;
    private readonly HashSet<int> _specialIds;

    private BertTokenizer(TokenizerSpecification specification, Dictionary<string, byte[]> files)
    {
        BertTokenizerOptions options = specification.Options;
        IReadOnlyList<AddedToken> added = specification.AddedTokens;
        (_specification, _files, Options) = (specification, files, options);
        if (specification.HasLines)
            _files = new(files) { [VocabularyFiles.LinesName] = Encoding.UTF8.GetBytes(specification.Pieces.ToText()) };
        Vocabulary = added.All(token => token.Id < specification.Pieces.Size)
            ? specification.Pieces
            : new BertVocabulary(specification.Pieces.Ids.Concat(added.Select(token => KeyValuePair.Create(token.Content, token.Id))));

        PadTokenId = IdOf(options.PadToken, "pad", isRequired: specification.HasRows);
        ClsTokenId = IdOf(options.ClsToken, "cls", isRequired: Row.Starts);
        SepTokenId = IdOf(options.SepToken, "sep", isRequired: Row.Separates);
        UnknownTokenId = IdOf(options.UnknownToken, "unk", isRequired: specification.NeedsUnknownToken);
        MaskTokenId = IdOf(options.MaskToken, "mask", isRequired: false);
        _specialIds = [.. added.Where(token => token.Special).Select(token => token.Id)];

        TextNormalizer normalizer = specification.Normalizer(options);
        TextPreTokenizer preTokenizer = specification.PreTokenizer(options);
        _model = specification.Model(specification.Pieces, UnknownTokenId);
        _text = new TextPipeline(normalizer, preTokenizer, _model, added, options.SplitSpecialTokens);
        Normalizer = new NormalizerAdapter(normalizer);
        PreTokenizer = new PreTokenizerAdapter(preTokenizer);
    }

    /// <summary>All tokens: word pieces and added tokens.</summary>
    public BertVocabulary Vocabulary { get; }

    /// <summary>The options of the tokenizer.</summary>
    public BertTokenizerOptions Options { get; }

    /// <summary>The positions of special tokens around texts.</summary>
    internal RowTemplate Row => _specification.Row;

    /// <summary>The id of the token that pads rows of a batch; -1 if static embeddings lack it.</summary>
    public int PadTokenId { get; }

    /// <summary>
    /// The id of the token at the start of a row; -1 if rows start without one, as in GPT-2 or with static embeddings, and the
    /// vocabulary does not contain it.
    /// </summary>
    public int ClsTokenId { get; }

    /// <summary>
    /// The id of the token at the end of each text; -1 if rows do not contain it, as in GPT-2 or with static embeddings, and neither
    /// does the vocabulary.
    /// </summary>
    public int SepTokenId { get; }

    /// <summary>The id of the token that masks another token; -1 if the vocabulary does not contain it.</summary>
    public int MaskTokenId { get; }

    /// <summary>
    /// The id of the token that represents words that cannot be split into known pieces; -1 if the model needs none, as in byte-level BPE,
    /// and the vocabulary does not contain it.
    /// </summary>
    public int UnknownTokenId { get; }

    /// <summary>Creates a tokenizer from a <c>vocab.txt</c> file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">The vocabulary does not contain a special token that the options name.</exception>
    public static BertTokenizer Create(string vocabularyFile, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabularyFile);
        return Create(BertVocabulary.Load(vocabularyFile), options);
    }

    /// <summary>Creates a tokenizer from the tokens of a vocabulary, in the order of their ids.</summary>
    /// <exception cref="InvalidDataException">The vocabulary does not contain a special token that the options name.</exception>
    public static BertTokenizer Create(IEnumerable<string> tokens, BertTokenizerOptions? options = null) =>
        Create(new BertVocabulary(tokens), options);

    /// <summary>Creates a tokenizer from a <c>vocab.txt</c> that is read from a stream. The stream remains open.</summary>
    /// <exception cref="InvalidDataException">The vocabulary does not contain a special token that the options name.</exception>
    public static BertTokenizer Create(Stream vocabulary, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return Create(BertVocabulary.Load(vocabulary), options);
    }

    /// <summary>Creates a tokenizer from a vocabulary.</summary>
    /// <exception cref="InvalidDataException">The vocabulary does not contain a special token that the options name.</exception>
    public static BertTokenizer Create(BertVocabulary vocabulary, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        options ??= new BertTokenizerOptions();
        TokenizerSpecification specification = new TokenizerSpecification(vocabulary, [], options)
            .Add(options.SpecialTokens.Where(token => vocabulary.TryGetId(token, out _))
                .Select(token => new AddedToken(token) { Special = true }));
        string config = TokenizerConfig.Write(specification, null);
        return new BertTokenizer(specification, new Dictionary<string, byte[]>
        {
            [TokenizerConfig.FileName] = Encoding.UTF8.GetBytes(config),
            [TokenizerConfig.SpecialTokensName] = Encoding.UTF8.GetBytes(TokenizerConfig.WriteSpecialTokensMap(options, null, config)),
        });
    }

    /// <summary>The origin of the vocabulary, worded for messages; empty if it was not read from a file.</summary>
    internal string VocabularyFile => _specification.File is { } file ? $" in '{file}'" : "";

    /// <summary>Whether the vocabulary was read from a vocab.txt, which still looks complete if it is cut off between lines.</summary>
    internal bool HasVocabularyOfLines => !VocabularyNames.Any(_files.ContainsKey);

    /// <summary>The name of the algorithm that splits words into tokens, such as WordPiece.</summary>
    internal string Kind => _model.Kind;

    /// <summary>Whether a token is special, such as <c>[CLS]</c>.</summary>
    internal bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>Returns whether a token continues the word of the previous token.</summary>
    internal bool ContinuesWord(string token) => _model.ContinuesWord(token);

    /// <summary>Whether tokens that continue a word have a prefix.</summary>
    internal bool MarksContinuations => _model.MarksContinuations;

    /// <summary>Whether the vocabulary file might have been cut off.</summary>
    internal bool LastLineIsOpen => _specification.Pieces.LastLineIsOpen;

    private int IdOf(string token, string name, bool isRequired = true) => Vocabulary.TryGetId(token, out int id) ? id
        : !isRequired ? -1
        : throw new InvalidDataException(
            $"The vocabulary{VocabularyFile} of {Vocabulary.Size} tokens has no '{token}', which is required as its {name}_token. " +
            $"Use the vocabulary that belongs to the checkpoint, or specify another token in {nameof(BertTokenizerOptions)}.");
}
