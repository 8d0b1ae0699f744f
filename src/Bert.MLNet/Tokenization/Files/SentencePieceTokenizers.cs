namespace Bert.MLNet.Tokenization;

/// <summary>
/// Creates tokenizers from a SentencePiece model if there is no tokenizer.json. For each class, the result is what
/// <c>convert_slow_tokenizer.py</c> of transformers would write to a tokenizer.json.
/// </summary>
internal static class SentencePieceTokenizers
{
    public const string BpeName = "sentencepiece.bpe.model", PieceName = "spiece.model", ModelName = "spm.model";

    private static readonly (string, double)[] s_fairseq = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)];

    /// <summary>Files of XLM-R, with fairseq's special tokens instead of the model's, and the mask token at the end.</summary>
    public static VocabularyFiles XlmRoberta { get; } = Files(BpeName, (model, kind) =>
        Create(model with { Pieces = [.. s_fairseq, .. model.Pieces.Skip(3), ("<mask>", 0)], Unknown = 3 }, kind,
            new Strip(left: false, right: true), new Replace("  ", extends: true, "\u2581")));

    /// <summary>Files of CamemBERT: like XLM-R, but with some unused pieces.</summary>
    public static VocabularyFiles Camembert { get; } = Files(BpeName, (model, kind) => Create(
        model with
        {
            Pieces = [("<s>NOTUSED", 0), ("<pad>", 0), ("</s>NOTUSED", 0), ("<unk>", 0), ("<unk>NOTUSED", -100), .. model.Pieces.Skip(1),
                ("<mask>", 0)],
            Unknown = 3,
        },
        kind, new Strip(left: false, right: true), new Replace("  ", extends: true, "\u2581")));

    /// <summary>Files of ALBERT: text gets straight quotes, no accents and lowercase letters.</summary>
    public static VocabularyFiles Albert { get; } = Files(PieceName, (model, kind) =>
    {
        // Makes pieces that end with a digit and a comma unlikely, so that the comma becomes a separate token.
        var pieces = model.Pieces.Select(piece => piece.Piece is [.., var digit, ','] && char.IsDigit(digit)
            ? (piece.Piece, piece.Score - 100)
            : piece);
        TokenizerSpecification specification = Create(model with { Pieces = [.. pieces] }, kind);
        return NormalizerJson.ChainOf(
            specification,
            [
                new Replace("``", extends: false, "\""), new Replace("''", extends: false, "\""), UnicodeForm.Nfkd, StripAccents.Instance,
                Lowercase.Instance,
                .. MapOf(model), new Replace("  ", extends: true, " "),
            ]);
    });

    /// <summary>Files of DeBERTa-v2 and -v3.</summary>
    public static VocabularyFiles DebertaV2 { get; } = Files(ModelName, (model, kind) => NormalizerJson.ChainOf(
        Create(model, kind), [new Strip(left: true, right: true), .. MapOf(model), new Replace("  ", extends: true, " ")])
            .Add([new AddedToken(kind.Options.MaskToken) { Special = true }]));

    private static VocabularyFiles Files(string name, Func<SentencePieceFile, TokenizerClass, TokenizerSpecification> create) => new(
        [name], (files, kind) => create(SentencePieceFile.Read(files, name), kind) with { File = files.Describe(name) });

    private static TokenizerSpecification Create(
        SentencePieceFile model, TokenizerClass kind, params IReadOnlyList<NormalizerStep> afterMap)
    {
        var metaspace = new Metaspace(MetaspaceJson.Mark, PrependScheme.Always, split: true);
        return NormalizerJson.ChainOf(
            UnigramFiles.Create(model.Pieces, model.Unknown, model.ByteFallback, "the model"), [.. MapOf(model), .. afterMap]) with
        {
            PreTokenizer = _ => new PreTokenizerChain(metaspace),
            Decoder = new MetaspaceDecoder(MetaspaceJson.Mark, dropsFirst: true),
            Row = kind.Row,
            Options = kind.Options with { DoLowerCase = false, TokenizeChineseChars = false },
        };
    }

    private static IEnumerable<NormalizerStep> MapOf(SentencePieceFile model) => model.CharsMap is { } map ? [new Precompiled(map)] : [];
}
