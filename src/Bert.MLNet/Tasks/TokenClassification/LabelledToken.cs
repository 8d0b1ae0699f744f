namespace Bert.MLNet.Tasks;

/// <summary>A token of a text with the probabilities of its labels.</summary>
internal readonly record struct LabelledToken(float[] Scores, int Start, int End, bool ContinuesWord);
