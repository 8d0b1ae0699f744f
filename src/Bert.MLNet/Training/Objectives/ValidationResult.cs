namespace Bert.MLNet.Training;

/// <summary>What is known about a module from validation rows.</summary>
/// <param name="Metric">The metric, higher is better.</param>
/// <param name="Loss">
/// The mean loss, weighted as in training but without dropout; null if the outputs that the metric needs do not determine it.
/// </param>
internal readonly record struct ValidationResult(double Metric, double? Loss);
