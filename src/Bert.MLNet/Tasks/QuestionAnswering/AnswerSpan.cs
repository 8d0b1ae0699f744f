namespace Bert.MLNet.Tasks;

/// <summary>A part of a context that may answer a question.</summary>
/// <param name="Score">The probability of its start times that of its end.</param>
/// <param name="Start">Where it begins in the context, in UTF-16 units.</param>
/// <param name="End">Where it ends; where it begins for «there is no answer».</param>
internal readonly record struct AnswerSpan(float Score, int Start, int End);
