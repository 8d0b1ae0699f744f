using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>An ML.NET trainer that an experiment tries on the vectors of each checkpoint, such as LightGBM. Immutable.</summary>
public sealed class BertVectorTrainer
{
    /// <param name="name">The name of the trainer, for people.</param>
    /// <param name="create">
    /// Creates the trainer from a context, the name of the label column and the name of the column of vectors. The label is a key for
    /// classification and a <see cref="float"/> for similarity. The fitted transformer must add <c>Score</c> (for classification, a vector
    /// of the labels' probabilities) and, for classification, <c>PredictedLabel</c>.
    /// </param>
    public BertVectorTrainer(string name, Func<MLContext, string, string, IEstimator<ITransformer>> create)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(create);
        (Name, Create) = (name, create);
    }

    /// <summary>The name of the trainer, for people.</summary>
    public string Name { get; }

    /// <summary>Creates the trainer from a context, the name of the label column and the name of the column of vectors.</summary>
    public Func<MLContext, string, string, IEstimator<ITransformer>> Create { get; }
}
