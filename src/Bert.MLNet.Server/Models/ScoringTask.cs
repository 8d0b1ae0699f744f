using Scores = System.Collections.Generic.IReadOnlyList<Bert.MLNet.Server.Models.LabelScore>;

namespace Bert.MLNet.Server.Models;

/// <summary>A task that computes scores of labels, the highest first.</summary>
/// <param name="Probabilities">The task with probabilities, or what a trained model calls its score.</param>
/// <param name="Logits">The same with logits; null for a trained model, which does not tell them.</param>
internal sealed record ScoringTask<TInput>(IServedTask<TInput, Scores> Probabilities, IServedTask<TInput, Scores>? Logits);
