namespace Bert.MLNet.Tasks;

/// <summary>A question of the training data.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text that may have the answer.</param>
/// <param name="Answers">The right answers, any of which will do; none where the context has no answer.</param>
internal sealed record AnsweredQuestion(string Question, string Context, IReadOnlyList<AnswerInText> Answers);
