using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>A training row: a window of a context, with its question.</summary>
/// <param name="Ids">The token ids.</param>
/// <param name="PairStart">The index of the first token of type 1, or the length if there is none.</param>
/// <param name="Position">The position of the row in the data, the same for all windows of a context.</param>
/// <param name="Targets">The first and the last token of the answer; [CLS] twice if the window does not contain it.</param>
/// <param name="Question">The source of the row.</param>
/// <param name="Window">The number of the window.</param>
internal sealed record AnsweredQuestionRow(int[] Ids, int PairStart, long Position, float[] Targets, AnsweredQuestion Question, int Window)
    : TrainingRow(Ids, PairStart, Position, Targets);
