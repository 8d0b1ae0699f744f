namespace Bert.MLNet.Server.Models;

/// <summary>A label and its score.</summary>
internal readonly record struct LabelScore(string Label, float Score);
