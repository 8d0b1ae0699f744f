namespace Bert.MLNet.Tasks;

/// <summary>A context and its answers.</summary>
/// <param name="Context">The context.</param>
/// <param name="Answers">The answers, best first.</param>
/// <param name="NoAnswer">The score of "no answer", divided by the sum of that and the best answer's score.</param>
internal sealed record AnswersInContext(ReadOnlyMemory<char> Context, IReadOnlyList<AnswerSpan> Answers, float NoAnswer)
{
    /// <summary>The first answer, or an empty one if there is none.</summary>
    public AnswerSpan Best => Answers.Count > 0 ? Answers[0] : default;

    public ReadOnlyMemory<char> TextOf(AnswerSpan answer) => Context[answer.Start..answer.End];
}
