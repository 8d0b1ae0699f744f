using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Cli.Training;

/// <summary>
/// The trainers of <c>--method embed</c>, which learn from vectors of length 1. ML.NET's defaults are for other kinds of features: they
/// overfit few rows or, with L1, learn nothing. The regularization was chosen by the measurements in docs/results.
/// </summary>
internal static class VectorTrainers
{
    /// <summary>The L2 regularization for vectors of texts. LBFGS divides it by the number of rows.</summary>
    public const float TextL2 = 0.3f;

    /// <summary>
    /// The L2 regularization for features of pairs, which are four times as many. SDCA does not divide it by the number of rows.
    /// </summary>
    public const float PairL2 = 3;

    /// <summary>The feature column of both trainers.</summary>
    public const string Features = "Features";

    /// <summary>Adds vectors of texts, or the features of pairs including the cosine of their vectors.</summary>
    public static ITransformer[] FitFeatures(MLContext ml, BertModel bert, IDataView data, bool pairs, string? prompt)
    {
        if (!pairs)
            return [ml.Transforms.Text.ApplyBertEmbedding(Features, "Sentence1", bert, normalize: true, prompt: prompt).Fit(data)];
        BertPairEmbeddingTransformer embedding = ml.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
        {
            Model = bert,
            OutputColumnName = "PairFeatures",
            CosineColumnName = CosineBaseline.Column,
            Normalize = true,
            Prompt = prompt,
        }).Fit(data);
        return [embedding, ml.Transforms.Concatenate(Features, "PairFeatures", CosineBaseline.Column).Fit(embedding.Transform(data))];
    }

    public static IEstimator<ITransformer> Classifier(MLContext ml, bool pairs) => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
        new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = pairs ? PairL2 : TextL2,
            NumberOfThreads = 1,
        });

    /// <param name="rows">The number of training rows.</param>
    /// <param name="seed">The seed for the order of the rows.</param>
    /// <remarks>
    /// SDCA shuffles by the seed and by everything that its context created before. A separate context makes a generated project learn the
    /// same.
    /// </remarks>
    public static IEstimator<ITransformer> Regression(int rows, int seed) => new MLContext(seed).Regression.Trainers.Sdca(
        new SdcaRegressionTrainer.Options { LabelColumnName = "Similarity", L2Regularization = PairL2 / rows, NumberOfThreads = 1 });
}
