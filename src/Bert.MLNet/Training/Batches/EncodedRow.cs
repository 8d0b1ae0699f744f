using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>A tokenized row of the model: a text or a pair of texts, special tokens included.</summary>
/// <param name="Ids">The token ids.</param>
/// <param name="PairStart">The index of the first token of type 1, or the length if there is none.</param>
internal record EncodedRow(int[] Ids, int PairStart) : IBatchItem
{
    public int Length => Ids.Length;
}
