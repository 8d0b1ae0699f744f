namespace Bert.MLNet.Tasks;

/// <summary>A context and its answers.</summary>
/// <param name="Context">The context.</param>
/// <param name="Answers">The answers, the best first.</param>
/// <param name="NoAnswer">The score of there being none, as a share of that and the best answer's.</param>
internal sealed record AnswersInContext(ReadOnlyMemory<char> Context, IReadOnlyList<AnswerSpan> Answers, float NoAnswer)
{
    /// <summary>The first answer; an empty one where there is none.</summary>
    public AnswerSpan Best => Answers.Count > 0 ? Answers[0] : default;

    public ReadOnlyMemory<char> TextOf(AnswerSpan answer) => Context[answer.Start..answer.End];
}
