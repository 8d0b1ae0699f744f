namespace Bert.MLNet.Tokenization;

/// <summary>
/// Describes the positions of special tokens in a row. A single text is <c>[CLS] A [SEP]</c>; a pair is <c>[CLS] A [SEP] B [SEP]</c>, with
/// up to two separators between the texts. The first text and the special tokens around it are of type 0.
/// </summary>
/// <param name="Separators">The number of separators between the texts of a pair.</param>
/// <param name="SecondType">The type of the second text and its separator.</param>
internal readonly record struct RowTemplate(int Separators, int SecondType = 1)
{
    /// <summary>Whether a row starts with a special token.</summary>
    public bool Starts { get; init; } = true;

    /// <summary>Whether a row ends with a separator.</summary>
    public bool Ends { get; init; } = true;

    /// <summary>The type of later windows of the second text, which HuggingFace's TemplateProcessing leaves as 1.</summary>
    public int OverflowType { get; init; } = 1;

    public static RowTemplate Bert { get; } = new(1);

    public static RowTemplate Roberta { get; } = new(2, SecondType: 0) { OverflowType = 0 };

    /// <summary>Rows without special tokens, as in GPT-2.</summary>
    public static RowTemplate Bare { get; } = new(0) { Starts = false, Ends = false };

    /// <summary>Whether rows contain separators.</summary>
    public bool Separates => Ends || Separators > 0;

    /// <summary>Returns the number of special tokens in a row.</summary>
    public int SpecialTokens(bool hasPair) => Leading + Trailing(hasPair) + (hasPair && Ends ? 1 : 0);

    /// <summary>The number of special tokens before the first text.</summary>
    public int Leading => Starts ? 1 : 0;

    /// <summary>Returns the number of separators after the first text.</summary>
    public int Trailing(bool hasPair) => hasPair ? Separators : Ends ? 1 : 0;
}
