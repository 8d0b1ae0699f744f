namespace Bert.MLNet.Tasks;

/// <summary>A question of the training data.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text to search for the answer.</param>
/// <param name="Answers">The alternative correct answers; empty if the context has no answer.</param>
internal sealed record AnsweredQuestion(string Question, string Context, IReadOnlyList<AnswerInText> Answers);
