namespace Bert.MLNet.Tasks;

/// <summary>A prediction for a mask.</summary>
/// <param name="Token">The token.</param>
/// <param name="Score">The probability of the token.</param>
/// <param name="Text">The text with the token in the place of the mask.</param>
internal readonly record struct FilledText(string Token, float Score, string Text);
