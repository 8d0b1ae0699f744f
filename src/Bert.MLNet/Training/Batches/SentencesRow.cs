namespace Bert.MLNet.Training;

/// <summary>A row of several texts, each tokenized separately.</summary>
/// <param name="Ids">The token ids of all texts, one text after the other.</param>
/// <param name="Ends">The end of each text in <paramref name="Ids"/>.</param>
/// <param name="Position">The position of the row in the data, for messages.</param>
/// <param name="Targets">The label of the row; empty if it has none.</param>
internal sealed record SentencesRow(int[] Ids, int[] Ends, long Position, float[] Targets)
    : TrainingRow(Ids, Ends[0], Position, Targets)
{
    /// <summary>The texts.</summary>
    public IEnumerable<EncodedRow> Texts
    {
        get
        {
            int start = 0;
            foreach (int end in Ends)
            {
                yield return new EncodedRow(Ids[start..end], end - start);
                start = end;
            }
        }
    }
}
