namespace Bert.MLNet;

/// <summary>How well answers agree with the right ones, over some of the questions. Immutable and thread-safe.</summary>
public sealed class AnswerScores
{
    internal AnswerScores(double exactMatches, double f1Sum, long count) =>
        (ExactMatch, F1Score, Count) = (exactMatches / count, f1Sum / count, count);

    /// <summary>Share of questions whose answer has the words of a right one, in their order, 0 to 1; NaN without questions.</summary>
    public double ExactMatch { get; }

    /// <summary>Mean over questions of the F1 of the answer's words and those of the right answer that is nearest, 0 to 1; NaN without questions.</summary>
    public double F1Score { get; }

    /// <summary>How many questions.</summary>
    public long Count { get; }
}
