namespace Bert.MLNet;

/// <summary>
/// Exact match and F1 score of answers, computed as by the <see href="https://rajpurkar.github.io/SQuAD-explorer/">SQuAD 2.0</see>
/// script.
/// </summary>
/// <remarks>
/// Values are from 0 to 1 where the script prints percentages. If every question has an answer, they equal those of the script of
/// version 1.1. Immutable and thread-safe.
/// </remarks>
public sealed class QuestionAnsweringMetrics
{
    internal QuestionAnsweringMetrics(AnswerScores overall, AnswerScores hasAnswer, AnswerScores noAnswer) =>
        (Overall, HasAnswer, NoAnswer) = (overall, hasAnswer, noAnswer);

    /// <summary>The scores over all questions: the script's <c>exact</c>, <c>f1</c> and <c>total</c>.</summary>
    public AnswerScores Overall { get; }

    /// <summary>The scores over the questions with an answer: <c>HasAns_exact</c>, <c>HasAns_f1</c>, <c>HasAns_total</c>.</summary>
    public AnswerScores HasAnswer { get; }

    /// <summary>
    /// The scores over the questions without an answer, where only an empty prediction is correct: <c>NoAns_exact</c>, <c>NoAns_f1</c>,
    /// <c>NoAns_total</c>.
    /// </summary>
    public AnswerScores NoAnswer { get; }

    /// <summary>
    /// The share of exact matches over all questions with the best threshold. If the share of "no answer" exceeds the threshold,
    /// the prediction counts as empty. The script's <c>best_exact</c>. NaN if no column of shares was given.
    /// </summary>
    public double BestExactMatch { get; internal init; } = double.NaN;

    /// <summary>
    /// The smallest threshold with <see cref="BestExactMatch"/>: <c>best_exact_thresh</c>. 0 if no threshold is better than no answers
    /// at all.
    /// </summary>
    public float BestExactMatchThreshold { get; internal init; } = float.NaN;

    /// <summary>
    /// The mean F1 score over all questions with the best threshold: <c>best_f1</c>. NaN if no column of shares was given.
    /// </summary>
    public double BestF1Score { get; internal init; } = double.NaN;

    /// <summary>The smallest threshold with <see cref="BestF1Score"/>: <c>best_f1_thresh</c>.</summary>
    public float BestF1Threshold { get; internal init; } = float.NaN;
}
