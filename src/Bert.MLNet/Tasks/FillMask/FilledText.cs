namespace Bert.MLNet.Tasks;

/// <summary>What may stand in the place of a mask.</summary>
/// <param name="Token">The token.</param>
/// <param name="Score">Its probability.</param>
/// <param name="Text">The text with it.</param>
internal readonly record struct FilledText(string Token, float Score, string Text);
