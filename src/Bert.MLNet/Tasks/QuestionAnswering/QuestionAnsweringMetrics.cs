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
}
