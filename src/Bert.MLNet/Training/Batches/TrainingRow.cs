namespace Bert.MLNet.Training;

/// <summary>A tokenized row with what shall be learnt of it.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="PairStart">Where those of type 1 begin; the length when there are none.</param>
/// <param name="Position">Its place in the data, for messages.</param>
/// <param name="Targets">The number of the right class; or 0 or 1 for each label; or a value: as the objective wants it.</param>
/// <param name="Weight">Its share in the mean loss of an update.</param>
internal record TrainingRow(int[] Ids, int PairStart, long Position, float[] Targets, float Weight = 1) : EncodedRow(Ids, PairStart);
