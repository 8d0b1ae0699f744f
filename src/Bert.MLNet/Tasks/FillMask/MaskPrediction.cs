namespace Bert.MLNet.Tasks;

/// <summary>The predicted tokens for a mask, most probable first.</summary>
internal sealed record MaskPrediction(int[] Ids, float[] Scores);
