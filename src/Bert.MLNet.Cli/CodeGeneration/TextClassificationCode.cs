using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>text-classification</c>.</summary>
internal static class TextClassificationCode
{
    /// <param name="settings">How the model was trained.</param>
    /// <param name="sample">A row's texts.</param>
    public static ModelCode Create(TrainingSettings settings, params IReadOnlyList<string> sample)
    {
        CodeColumn[] inputs = Pipelines.Inputs(settings, "Label", "string");
        bool pairs = inputs.Length > 2;
        return new ModelCode
        {
            Scenario = "TextClassification",
            Trainer = settings.Contender is VectorContender found ? VectorPipelines.TrainerName(found, isClassifier: true)
                : settings.Embeds ? "LbfgsMaximumEntropy" : "TextClassification",
            MetricName = "MicroAccuracy",
            Labels = inputs[..1],
            Texts = inputs[1..],
            // The label is returned as the key that it was mapped to.
            Outputs = [inputs[0] with { Type = "uint" }, .. inputs[1..], new("PredictedLabel", "PredictedLabel", "string"),
                new("Score", "Score", "float[]"),
                .. settings.InScopeRate is null ? Array.Empty<CodeColumn>() : [new("IsInScope", "IsInScope", "bool")]],
            Prediction = Prediction,
            Pipeline = settings.Contender is VectorContender vectors ? VectorPipelines.Classifier(settings, vectors, pairs)
                : settings.Embeds ? Embed(settings, pairs) : FineTune(settings, pairs),
            Metrics = "MulticlassClassificationMetrics",
            Evaluation = "mlContext.MulticlassClassification.Evaluate(predictions)",
            MetricsShown = ["MicroAccuracy", "MacroAccuracy", "LogLoss"],
            Show = """
                Console.WriteLine($"PredictedLabel: {output.PredictedLabel}");
                foreach ((string label, float score) in MODEL.GetSortedScoresWithLabels(output))
                    Console.WriteLine(FormattableString.Invariant($"{label}: {score}"));
                """,
            Sample = sample,
        };
    }

    private const string Prediction = """

            /// <summary>Predicts a row and returns the probabilities of all labels, the most probable first.</summary>
            public static IOrderedEnumerable<KeyValuePair<string, float>> PredictAllLabels(ModelInput input) => GetSortedScoresWithLabels(Predict(input));

            /// <summary>Returns the probabilities of a prediction with their labels, the most probable first.</summary>
            public static IOrderedEnumerable<KeyValuePair<string, float>> GetSortedScoresWithLabels(ModelOutput result) =>
                GetLabels(result).Zip(result.Score, KeyValuePair.Create).OrderByDescending(pair => pair.Value);

            /// <summary>Returns the labels in the order of <see cref="ModelOutput.Score"/>.</summary>
            private static IEnumerable<string> GetLabels(ModelOutput result)
            {
                VBuffer<ReadOnlyMemory<char>> names = default;
                PredictEngine.Value.OutputSchema[nameof(result.Score)].GetSlotNames(ref names);
                return names.DenseValues().Select(name => name.ToString());
            }

        """;

    private static IEnumerable<string> More(TrainingSettings settings, bool pairs)
    {
        if (pairs)
            yield return "Sentence2ColumnName = \"Sentence2\",";
        if (settings.IsFewShot)
            yield return "FewShot = new BertFewShotOptions(),";
        if (settings.InScopeRate is { } rate)
            yield return $"InScopeRate = {CSharp.Literal(rate)},";
        if (settings.InScopeMethod != default)
            yield return $"InScopeMethod = {nameof(BertScopeMethod)}.{settings.InScopeMethod},";
    }

    private static string FineTune(TrainingSettings settings, bool pairs) => $$"""
                var labels = mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);{{(settings.HasValidationSet
                    ? "\n        IDataView validation = labels.Fit(trainData).Transform(LoadIDataViewFromFile(mlContext, ValidationFilePath));"
                    : "")}}
                var options = new TextClassificationTrainer.Options
                {
        {{Pipelines.Options(settings, More(settings, pairs))}}
                };
                return labels
                    .Append(mlContext.MulticlassClassification.Trainers.TextClassification(options))
                    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        """;

    private static string Embed(TrainingSettings settings, bool pairs) => $$"""
                return mlContext.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                    .Append({{Pipelines.Embedding(settings, pairs)}})
                    .AppendCacheCheckpoint(mlContext)
                    .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                        new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = {{CSharp.Literal(pairs ? VectorTrainers.PairL2 : VectorTrainers.TextL2)}}, NumberOfThreads = 1 }))
                    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        """;
}
