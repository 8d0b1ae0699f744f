namespace Bert.MLNet.Tokenization;

/// <summary>
/// Describes the positions of special tokens in a row. A single text is <c>[CLS] A [SEP]</c>; a pair is <c>[CLS] A [SEP] B [SEP]</c>, with
/// one or two separators between the texts. The first text and the special tokens around it are of type 0.
/// </summary>
/// <param name="Separators">The number of separators between the texts of a pair.</param>
/// <param name="SecondType">The type of the second text and its separator.</param>
internal readonly record struct RowTemplate(int Separators, int SecondType = 1)
{
    /// <summary>The type of later windows of the second text, which HuggingFace's TemplateProcessing leaves as 1.</summary>
    public int OverflowType { get; init; } = 1;

    public static RowTemplate Bert { get; } = new(1);

    public static RowTemplate Roberta { get; } = new(2, SecondType: 0) { OverflowType = 0 };

    /// <summary>Returns the number of special tokens in a row.</summary>
    public int SpecialTokens(bool hasPair) => hasPair ? Separators + 2 : 2;
}
