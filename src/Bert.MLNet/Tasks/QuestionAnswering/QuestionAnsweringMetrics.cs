namespace Bert.MLNet;

/// <summary>
/// Exact match and F1 of answers, computed as the <see href="https://rajpurkar.github.io/SQuAD-explorer/">SQuAD 2.0</see> script does
/// (which gives what that of version 1.1 gives where every question has an answer), as shares of 1 where it prints percent. Immutable and thread-safe.
/// </summary>
public sealed class QuestionAnsweringMetrics
{
    internal QuestionAnsweringMetrics(AnswerScores overall, AnswerScores hasAnswer, AnswerScores noAnswer) =>
        (Overall, HasAnswer, NoAnswer) = (overall, hasAnswer, noAnswer);

    /// <summary>Over all questions: the script's <c>exact</c>, <c>f1</c> and <c>total</c>.</summary>
    public AnswerScores Overall { get; }

    /// <summary>Over the questions that have an answer: <c>HasAns_exact</c>, <c>HasAns_f1</c>, <c>HasAns_total</c>.</summary>
    public AnswerScores HasAnswer { get; }

    /// <summary>Over the questions that have none: <c>NoAns_exact</c>, <c>NoAns_f1</c>, <c>NoAns_total</c>. Nothing is right there but no answer.</summary>
    public AnswerScores NoAnswer { get; }

    /// <summary>
    /// The best share of exact matches over all questions that a threshold gives: where the share of there being no answer is larger, none counts as
    /// predicted. The script's <c>best_exact</c>; NaN where no column of such shares was named.
    /// </summary>
    public double BestExactMatch { get; internal init; } = double.NaN;

    /// <summary>The smallest threshold that gives <see cref="BestExactMatch"/>: <c>best_exact_thresh</c>. 0 where no threshold is better than no answers at all.</summary>
    public float BestExactMatchThreshold { get; internal init; } = float.NaN;

    /// <summary>The best mean F1 over all questions that a threshold gives: <c>best_f1</c>; NaN where no column of shares was named.</summary>
    public double BestF1Score { get; internal init; } = double.NaN;

    /// <summary>The smallest threshold that gives <see cref="BestF1Score"/>: <c>best_f1_thresh</c>.</summary>
    public float BestF1Threshold { get; internal init; } = float.NaN;
}
