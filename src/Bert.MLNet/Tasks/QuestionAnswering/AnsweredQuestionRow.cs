using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>A window of a context, with its question, to learn from.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="PairStart">Where those of type 1 begin; the length when there are none.</param>
/// <param name="Position">The row's place in the data, the same for all windows of a context.</param>
/// <param name="Targets">The first and the last token of the answer; [CLS] twice where it does not stand in the window.</param>
/// <param name="Question">What the row was made of.</param>
/// <param name="Window">The window's number.</param>
internal sealed record AnsweredQuestionRow(int[] Ids, int PairStart, long Position, float[] Targets, AnsweredQuestion Question, int Window)
    : TrainingRow(Ids, PairStart, Position, Targets);
