namespace Bert.MLNet.Tasks;

/// <summary>The tokens that may stand in the place of a mask, the most probable first.</summary>
internal sealed record MaskPrediction(int[] Ids, float[] Scores);
