using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Describes a <c>tokenizer_class</c> of HuggingFace: the defaults of a vocabulary whose files specify nothing else.</summary>
/// <param name="Name">The name of the class, without <c>Fast</c> at the end.</param>
/// <param name="Row">The positions of special tokens in its rows.</param>
/// <param name="Options">The default options.</param>
internal sealed record TokenizerClass(string Name, RowTemplate Row, BertTokenizerOptions Options)
{
    private static readonly BertTokenizerOptions s_angleTokens =
        new() { ClsToken = "<s>", SepToken = "</s>", PadToken = "<pad>", MaskToken = "<mask>", UnknownToken = "<unk>" };

    private static readonly BertTokenizerOptions s_endOfText =
        new() { ClsToken = EndOfText, SepToken = EndOfText, PadToken = EndOfText, UnknownToken = EndOfText };

    // The classes from DistilBertTokenizer to PreTrainedTokenizer are subclasses of BertTokenizer that change nothing.
    private static readonly TokenizerClass[] s_all =
    [
        Bert("BertTokenizer"),
        .. new[] { "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer", "RetriBertTokenizer",
            "LayoutLMTokenizer", "PreTrainedTokenizer" }.Select(Bert),
        new TokenizerClass("MPNetTokenizer", new RowTemplate(2), s_angleTokens with { UnknownToken = "[UNK]" }) { MaskStripsLeft = true },
        Roberta("RobertaTokenizer"), Roberta("LongformerTokenizer"),
        new TokenizerClass("GPT2Tokenizer", RowTemplate.Bare, s_endOfText) { Files = VocabularyFiles.BytePairs },
        new TokenizerClass("XLMRobertaTokenizer", new RowTemplate(2, SecondType: 0), s_angleTokens)
        {
            MaskStripsLeft = true,
            Files = SentencePieceTokenizers.XlmRoberta,
        },
        new TokenizerClass("CamembertTokenizer", new RowTemplate(2, SecondType: 0), s_angleTokens)
        {
            MaskStripsLeft = true,
            Files = SentencePieceTokenizers.Camembert,
        },
        new TokenizerClass("AlbertTokenizer", RowTemplate.Bert, new BertTokenizerOptions { PadToken = "<pad>", UnknownToken = "<unk>" })
        {
            MaskStripsLeft = true,
            Files = SentencePieceTokenizers.Albert,
        },
        new TokenizerClass("DebertaV2Tokenizer", RowTemplate.Bert, new BertTokenizerOptions())
        {
            Files = SentencePieceTokenizers.DebertaV2,
        },
    ];

    /// <summary>The only special token of GPT-2.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Whether whitespace before the mask token belongs to it.</summary>
    public bool MaskStripsLeft { get; init; }

    /// <summary>Whether whitespace at both ends of byte-level tokens is excluded from their offsets.</summary>
    public bool TrimsOffsets { get; init; }

    /// <summary>The files of its vocabulary, and how they are read.</summary>
    public VocabularyFiles Files { get; init; } = VocabularyFiles.Lines;

    public static TokenizerClass Default => s_all[0];

    /// <summary>Returns the class with the specified name, with or without <c>Fast</c> at the end.</summary>
    /// <exception cref="NotSupportedException">The class is not supported.</exception>
    public static TokenizerClass Get(string name, string file)
    {
        string plain = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        return Array.Find(s_all, known => known.Name == plain)
            ?? throw TokenizerJson.Refuse(
                "tokenizer_class", name, file,
                string.Join(", ", s_all.Select(known => known.Name)) + ", or any class with a tokenizer.json");
    }

    /// <summary>
    /// Returns the first class whose vocabulary files all exist, preferably one whose first special token is in them; the default class if
    /// there is none.
    /// </summary>
    public static TokenizerClass Guess(FileSource files)
    {
        TokenizerClass[] fitting = [.. s_all.Where(known => known.Files.Names.All(files.Contains))];
        return Array.Find(fitting, known => known.Files != VocabularyFiles.BytePairs
            || BpeFiles.Mentions(files, known.Options.ClsToken)) ?? fitting.FirstOrDefault() ?? Default;
    }

    private static TokenizerClass Bert(string name) => new(name, RowTemplate.Bert, new BertTokenizerOptions());

    private static TokenizerClass Roberta(string name) => new(name, RowTemplate.Roberta, s_angleTokens)
    {
        MaskStripsLeft = true,
        TrimsOffsets = true,
        Files = VocabularyFiles.BytePairs,
    };
}
