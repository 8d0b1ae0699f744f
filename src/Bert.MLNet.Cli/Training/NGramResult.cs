namespace Bert.MLNet.Cli.Training;

/// <summary>What n-grams learn from the training rows, for the report.</summary>
/// <param name="Curve">The outcomes for the rows on which the model is evaluated, after learning from so many rows.</param>
/// <param name="Words">The words with the largest weights, for each label in its order, or for the score.</param>
internal sealed record NGramResult(
    IReadOnlyList<(int Rows, Outcomes Outcomes)> Curve, IReadOnlyList<IReadOnlyList<(string Words, float Weight)>> Words)
{
    /// <summary>The number of words for each label.</summary>
    public const int WordsOfLabel = 10;
}
