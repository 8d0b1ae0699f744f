namespace Bert.MLNet.Tasks;

/// <summary>A context and its answers, the most probable first.</summary>
internal sealed record AnswersInContext(ReadOnlyMemory<char> Context, IReadOnlyList<AnswerSpan> Answers)
{
    /// <summary>The first answer; an empty one where there is none.</summary>
    public AnswerSpan Best => Answers.Count > 0 ? Answers[0] : default;

    public ReadOnlyMemory<char> TextOf(AnswerSpan answer) => Context[answer.Start..answer.End];
}
