using System.Text;
using Bert.MLNet.Tokenization;
using Microsoft.ML.Tokenizers;

namespace Bert.MLNet;

/// <summary>
/// The tokenizer of BERT and its relatives (WordPiece, byte-level BPE or Unigram), equal to HuggingFace's Rust <c>tokenizers</c> in tokens
/// and offsets for every text. <see cref="Encode"/> makes rows with <c>[CLS]</c> and <c>[SEP]</c>; what it has from <see cref="Tokenizer"/>
/// gives the bare tokens of a text. Immutable and thread-safe.
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

        PadTokenId = IdOf(options.PadToken, "pad");
        ClsTokenId = IdOf(options.ClsToken, "cls");
        SepTokenId = IdOf(options.SepToken, "sep");
        UnknownTokenId = IdOf(options.UnknownToken, "unk");
        MaskTokenId = Vocabulary.TryGetId(options.MaskToken, out int mask) ? mask : -1;
        _specialIds = [.. added.Where(token => token.Special).Select(token => token.Id)];

        TextNormalizer normalizer = specification.Normalizer(options);
        TextPreTokenizer preTokenizer = specification.PreTokenizer(options);
        _model = specification.Model(specification.Pieces, UnknownTokenId);
        _text = new TextPipeline(normalizer, preTokenizer, _model, added, options.SplitSpecialTokens);
        Normalizer = new NormalizerAdapter(normalizer);
        PreTokenizer = new PreTokenizerAdapter(preTokenizer);
    }

    /// <summary>All tokens: pieces of words and added tokens.</summary>
    public BertVocabulary Vocabulary { get; }

    /// <summary>How text is treated.</summary>
    public BertTokenizerOptions Options { get; }

    /// <summary>How special tokens stand around texts.</summary>
    internal RowTemplate Row => _specification.Row;

    /// <summary>Id of the token that fills rows of a batch.</summary>
    public int PadTokenId { get; }

    /// <summary>Id of the token that begins a row.</summary>
    public int ClsTokenId { get; }

    /// <summary>Id of the token that ends a text.</summary>
    public int SepTokenId { get; }

    /// <summary>Id of the token that hides another; -1 when the vocabulary has none.</summary>
    public int MaskTokenId { get; }

    /// <summary>Id of the token for words without pieces.</summary>
    public int UnknownTokenId { get; }

    /// <summary>A tokenizer on a <c>vocab.txt</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The vocabulary lacks a special token that the options name.</exception>
    public static BertTokenizer Create(string vocabularyFile, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabularyFile);
        return Create(BertVocabulary.Load(vocabularyFile), options);
    }

    /// <summary>A tokenizer on the tokens of a vocabulary in the order of their ids.</summary>
    /// <exception cref="InvalidDataException">The vocabulary lacks a special token that the options name.</exception>
    public static BertTokenizer Create(IEnumerable<string> tokens, BertTokenizerOptions? options = null) =>
        Create(new BertVocabulary(tokens), options);

    /// <summary>A tokenizer on a <c>vocab.txt</c> read from a stream, which stays open.</summary>
    /// <exception cref="InvalidDataException">The vocabulary lacks a special token that the options name.</exception>
    public static BertTokenizer Create(Stream vocabulary, BertTokenizerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        return Create(BertVocabulary.Load(vocabulary), options);
    }

    /// <summary>A tokenizer on a vocabulary.</summary>
    /// <exception cref="InvalidDataException">The vocabulary lacks a special token that the options name.</exception>
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

    /// <summary>Where the vocabulary came from, as messages say it; empty when it came from no file.</summary>
    internal string VocabularyFile => _specification.File is { } file ? $" in '{file}'" : "";

    /// <summary>Whether the vocabulary was read from a vocab.txt, which looks whole wherever it is cut off between lines.</summary>
    internal bool HasVocabularyOfLines => !VocabularyNames.Any(_files.ContainsKey);

    /// <summary>Whether a token goes on with the word of the one before it.</summary>
    internal bool ContinuesWord(string token) => _model.ContinuesWord(token);

    /// <summary>Whether the vocabulary's file may have been cut off.</summary>
    internal bool LastLineIsOpen => _specification.Pieces.LastLineIsOpen;

    private int IdOf(string token, string name) => Vocabulary.TryGetId(token, out int id)
        ? id
        : throw new InvalidDataException(
            $"The vocabulary{VocabularyFile} of {Vocabulary.Size} tokens has no '{token}', which is to be its {name}_token. " +
            $"Give the vocabulary that belongs to the checkpoint, or name the token in {nameof(BertTokenizerOptions)}.");
}
