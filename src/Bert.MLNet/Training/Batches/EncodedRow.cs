using Bert.MLNet.DataViews;

namespace Bert.MLNet.Training;

/// <summary>A tokenized row of the model: a text or a pair of texts, special tokens included.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="PairStart">Where those of type 1 begin; the length when there are none.</param>
internal record EncodedRow(int[] Ids, int PairStart) : IBatchItem
{
    public int Length => Ids.Length;
}
