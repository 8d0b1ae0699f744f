namespace Bert.MLNet.Tokenization;

/// <summary>A <c>tokenizer_class</c> of HuggingFace's: what a vocabulary means whose files say nothing else.</summary>
/// <param name="Name">Its name, without <c>Fast</c> at the end.</param>
/// <param name="Row">The special tokens of its rows.</param>
/// <param name="Options">Its defaults.</param>
internal sealed record TokenizerClass(string Name, RowTemplate Row, BertTokenizerOptions Options)
{
    /// <summary>Whether white space in front of the mask token belongs to it.</summary>
    public bool MaskStripsLeft { get; init; }

    public static TokenizerClass Default => s_all[0];

    // Those of the second line are subclasses of BertTokenizer that change nothing.
    private static readonly TokenizerClass[] s_all =
    [
        Bert("BertTokenizer"),
        .. new[] { "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer", "RetriBertTokenizer", "LayoutLMTokenizer", "PreTrainedTokenizer" }.Select(Bert),
        new TokenizerClass("MPNetTokenizer", new RowTemplate(2), new BertTokenizerOptions { ClsToken = "<s>", SepToken = "</s>", PadToken = "<pad>", MaskToken = "<mask>" }) { MaskStripsLeft = true },
    ];

    /// <summary>The class of that name.</summary>
    /// <exception cref="NotSupportedException">It is not supported.</exception>
    public static TokenizerClass Get(string name, string file)
    {
        string plain = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        return Array.Find(s_all, known => known.Name == plain) ?? throw TokenizerJson.Refuse("tokenizer_class", name, file, Default.Name);
    }

    private static TokenizerClass Bert(string name) => new(name, RowTemplate.Bert, new BertTokenizerOptions());
}
