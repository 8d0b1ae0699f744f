namespace Bert.MLNet.Tasks;

/// <summary>A part of a context that is a possible answer to a question.</summary>
/// <param name="Score">The product of the probabilities of its start and its end.</param>
/// <param name="Start">The start in the context, in UTF-16 code units.</param>
/// <param name="End">The end in the context; equal to the start if there is no answer.</param>
internal readonly record struct AnswerSpan(float Score, int Start, int End);
