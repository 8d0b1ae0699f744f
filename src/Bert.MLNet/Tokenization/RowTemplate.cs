namespace Bert.MLNet.Tokenization;

/// <summary>
/// How special tokens stand around texts: <c>[CLS] A [SEP]</c>, and for a pair the separator again, once or twice, and <c>B [SEP]</c>. The
/// first text and the special tokens around it are of type 0.
/// </summary>
/// <param name="Separators">Separators between the texts of a pair.</param>
/// <param name="SecondType">The type of the second text and its separator.</param>
internal readonly record struct RowTemplate(int Separators, int SecondType = 1)
{
    /// <summary>The type of further windows of the second text: TemplateProcessing of HuggingFace's tokenizers leaves it as 1.</summary>
    public int OverflowType { get; init; } = 1;

    public static RowTemplate Bert { get; } = new(1);

    public static RowTemplate Roberta { get; } = new(2, SecondType: 0) { OverflowType = 0 };

    /// <summary>How many special tokens a row has.</summary>
    public int SpecialTokens(bool hasPair) => hasPair ? Separators + 2 : 2;
}
