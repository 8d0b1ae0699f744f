namespace Bert.MLNet.Training;

/// <summary>A metric of the texts that a module generates for rows, higher is better.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The options of the generation, as text.</param>
/// <param name="Compute">Computes it from the weights of a module.</param>
internal sealed record GeneratedMetric(string Name, string Parameters, Func<BertForSequenceToSequence, TrainingRow[], double> Compute);
