using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Experiments;

/// <summary>The ML.NET trainers for vectors.</summary>
internal enum VectorAlgorithm
{
    /// <summary>LbfgsMaximumEntropy.</summary>
    Lbfgs,

    /// <summary>SdcaMaximumEntropy, or Sdca for numbers.</summary>
    Sdca,

    /// <summary>A trainer of the caller.</summary>
    Other,
}

/// <summary>A trainer with its regularization.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="L2">
/// The L2 regularization λ of the sum of the rows' losses plus λ/2 · ‖W‖²; null for ML.NET's default. LBFGS divides it by the
/// number of rows; for SDCA, it is divided here.
/// </param>
/// <param name="Other">The trainer of the caller.</param>
internal sealed record VectorTrainerChoice(VectorAlgorithm Algorithm, float? L2 = null, BertVectorTrainer? Other = null)
{
    public string Name => Other?.Name ?? $"{(Algorithm == VectorAlgorithm.Lbfgs ? "LBFGS" : "SDCA")}{(L2 is { } l2 ? $", L2 {l2}" : "")}";

    /// <summary>Creates the trainer of a classifier.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="label">The column of keys.</param>
    /// <param name="features">The column of vectors.</param>
    /// <param name="rows">The number of training rows.</param>
    public IEstimator<ITransformer> Classifier(MLContext ml, string label, string features, int rows) => Algorithm switch
    {
        VectorAlgorithm.Lbfgs => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            L1Regularization = 0,
            L2Regularization = L2!.Value,
            NumberOfThreads = 1,
        }),
        VectorAlgorithm.Sdca => ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            L2Regularization = L2 / rows,
            NumberOfThreads = 1,
        }),
        _ => Other!.Create(ml, label, features),
    };

    /// <summary>Creates the trainer for numbers.</summary>
    /// <inheritdoc cref="Classifier"/>
    public IEstimator<ITransformer> Regression(MLContext ml, string label, string features, int rows) => Algorithm switch
    {
        VectorAlgorithm.Sdca => ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = features,
            L2Regularization = L2 / rows,
            NumberOfThreads = 1,
        }),
        _ => Other!.Create(ml, label, features),
    };
}
