namespace Bert.MLNet.Training;

/// <summary>A tokenized row with its training targets.</summary>
/// <param name="Ids">The token ids.</param>
/// <param name="PairStart">The index of the first token of type 1, or the length if there is none.</param>
/// <param name="Position">The position of the row in the data, for messages.</param>
/// <param name="Targets">The number of the correct class, 0 or 1 for each label, or a value, depending on the objective.</param>
/// <param name="Weight">The weight of the row in the mean loss of an update.</param>
internal record TrainingRow(int[] Ids, int PairStart, long Position, float[] Targets, float Weight = 1) : EncodedRow(Ids, PairStart)
{
    /// <summary>
    /// The outputs of a teacher for this row: a number, a logit for each label, or logits for each token, NaN for tokens that are not
    /// trained on. Empty if there is no teacher.
    /// </summary>
    public float[] Teacher { get; init; } = [];

    /// <summary>Whether the row has no label, so that it is learned from its teacher alone.</summary>
    public bool HasTeacherOnly => Targets.Length == 0 && Teacher.Length > 0;
}
