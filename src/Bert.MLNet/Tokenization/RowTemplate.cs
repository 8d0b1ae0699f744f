namespace Bert.MLNet.Tokenization;

/// <summary>
/// How special tokens stand around texts: <c>[CLS] A [SEP]</c>, and for a pair the separator again, once or twice, and <c>B [SEP]</c>. The
/// second text and its
/// separator are of type 1, all else of type 0.
/// </summary>
/// <param name="Separators">Separators between the texts of a pair.</param>
internal readonly record struct RowTemplate(int Separators)
{
    public static RowTemplate Bert { get; } = new(1);

    /// <summary>How many special tokens a row has.</summary>
    public int SpecialTokens(bool hasPair) => hasPair ? Separators + 2 : 2;
}
