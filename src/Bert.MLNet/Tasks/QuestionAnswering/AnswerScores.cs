namespace Bert.MLNet;

/// <summary>The agreement of predicted with correct answers, over some of the questions. Immutable and thread-safe.</summary>
public sealed class AnswerScores
{
    internal AnswerScores(double exactMatches, double f1Sum, long count) =>
        (ExactMatch, F1Score, Count) = (exactMatches / count, f1Sum / count, count);

    /// <summary>The share of questions whose answer has the same words as a correct one, from 0 to 1. NaN without questions.</summary>
    public double ExactMatch { get; }

    /// <summary>The mean F1 score of the words of an answer and the most similar correct one, from 0 to 1. NaN without questions.</summary>
    public double F1Score { get; }

    /// <summary>The number of questions.</summary>
    public long Count { get; }
}
