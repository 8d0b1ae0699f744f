using Bert.MLNet.Experiments;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Pipelines of trainers on vectors that a search has found.</summary>
internal static class VectorPipelines
{
    private const string Options = "new Microsoft.ML.Transforms.Text.TextFeaturizingEstimator.Options()";

    /// <summary>The name of the trainer.</summary>
    public static string TrainerName(VectorContender contender, bool isClassifier) =>
        contender.Trainer.Algorithm == VectorAlgorithm.Lbfgs ? "LbfgsMaximumEntropy"
        : isClassifier ? "SdcaMaximumEntropy" : "SdcaRegression";

    /// <summary>The body of <c>BuildPipeline</c> of a classifier.</summary>
    public static string Classifier(TrainingSettings settings, VectorContender contender, bool pairs)
    {
        string trainer = Trainer(
            settings, contender, "MulticlassClassification", TrainerName(contender, isClassifier: true), "MulticlassTrainer", "Label");
        return $$"""
                return mlContext.Transforms.Conversion
                    .MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
        {{Steps(contender, pairs)}}
                    .Append({{trainer}})
                    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        """;
    }

    /// <summary>The body of <c>BuildPipeline</c> for scores of pairs.</summary>
    public static string Regression(TrainingSettings settings, VectorContender contender) => $$"""
                return new EstimatorChain<ITransformer>()
        {{Steps(contender, pairs: true)}}
                    .Append({{Trainer(settings, contender, "Regression", "Sdca", "RegressionTrainer", "Similarity")}});
        """;

    private static string Steps(VectorContender contender, bool pairs)
    {
        string texts = pairs ? "\"Sentence1\", \"Sentence2\"" : "\"Sentence1\"";
        VectorKind kind = contender.Features;
        List<string> steps = [], parts = [];
        if (kind.HasNGrams)
        {
            steps.Add($"mlContext.Transforms.Text.FeaturizeText(\"NGrams\", {Options}, {texts})");
            parts.Add("NGrams");
        }
        if (contender.Model is not null && kind != VectorKind.NGrams)
        {
            steps.Add(pairs
                ? "mlContext.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options { Model = bert, " +
                    "OutputColumnName = \"Vectors\", CosineColumnName = \"Cosine\", Normalize = true })"
                : $"mlContext.Transforms.Text.ApplyBertEmbedding(\"Vectors\", {texts}, bert, normalize: true)");
            if (kind.HasVectors)
                parts.Add("Vectors");
            if (pairs && kind.HasCosine)
                parts.Add("Cosine");
        }
        steps.Add($"mlContext.Transforms.Concatenate(\"Features\", {string.Join(", ", parts.Select(CSharp.Literal))})");
        return string.Join(
            '\n', steps.Select(step => $"            .Append({step})").Append("            .AppendCacheCheckpoint(mlContext)"));
    }

    // A separate context makes trainers that shuffle reproducible.
    private static string Trainer(
        TrainingSettings settings, VectorContender contender, string catalog, string method, string type, string label)
    {
        string l2 = contender.Trainer.L2 is not { } value ? ""
            : contender.Trainer.Algorithm == VectorAlgorithm.Lbfgs
            ? $", L1Regularization = 0, L2Regularization = {CSharp.Literal(value)}"
            : $", L2Regularization = {CSharp.Literal(value)} / {CSharp.Literal(settings.Rows)}";
        return $"new MLContext(seed: {CSharp.Literal(settings.Seed)}).{catalog}.Trainers.{method}(new {method}{type}.Options " +
            $"{{ LabelColumnName = \"{label}\"{l2}, NumberOfThreads = 1 }})";
    }
}
