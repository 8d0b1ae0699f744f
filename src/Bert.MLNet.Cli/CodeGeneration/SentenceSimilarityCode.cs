using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>sentence-similarity</c>.</summary>
internal static class SentenceSimilarityCode
{
    private const string LabelColumn = "LabelColumnName = \"Similarity\",";

    /// <param name="settings">How the model was trained.</param>
    /// <param name="sample">A row's two texts.</param>
    public static ModelCode Create(TrainingSettings settings, params IReadOnlyList<string> sample)
    {
        CodeColumn[] inputs = Pipelines.Inputs(settings, "Similarity", "float");
        return new ModelCode
        {
            Scenario = "SentenceSimilarity",
            Trainer = settings.Embeds ? "SdcaRegression" : "SentenceSimilarity", // a search uses the same trainers
            MetricName = "PearsonCorrelation",
            Labels = inputs[..1],
            Texts = inputs[1..],
            Outputs = [.. inputs, new("Score", "Score", "float")],
            Pipeline = settings.Contender is VectorContender vectors ? VectorPipelines.Regression(settings, vectors)
                : settings.Embeds ? Embed(settings) : FineTune(settings),
            Metrics = "SentenceSimilarityMetrics",
            Evaluation = "mlContext.Regression.EvaluateSentenceSimilarity(predictions, \"Similarity\")",
            MetricsShown = ["PearsonCorrelation", "SpearmanCorrelation", "MeanAbsoluteError", "RootMeanSquaredError"],
            Show = "Console.WriteLine(FormattableString.Invariant($\"Score: {output.Score}\"));",
            Sample = sample,
        };
    }

    private static string FineTune(TrainingSettings settings) => $$"""
        {{(settings.HasValidationSet ? "        IDataView validation = LoadIDataViewFromFile(mlContext, ValidationFilePath);\n" : "")}}        var options = new SentenceSimilarityTrainer.Options
                {
        {{Pipelines.Options(settings, settings.IsBiEncoder ? [LabelColumn, "BiEncoder = true,"] : [LabelColumn])}}
                };
                return mlContext.Regression.Trainers.SentenceSimilarity(options);
        """;

    private static string Embed(TrainingSettings settings) => $$"""
                // The regularization is for {{CSharp.Literal(settings.Rows)}} rows: {{CSharp.Literal(VectorTrainers.PairL2)}} divided by
                // their number.
                return {{Pipelines.Embedding(settings, pairs: true)}}
                    .AppendCacheCheckpoint(mlContext)
                    // SDCA shuffles the rows by the seed and by everything that its context created before. A separate context makes it
                    // reproducible.
                    .Append(new MLContext(seed: {{CSharp.Literal(settings.Seed)}}).Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
                    {
                        LabelColumnName = "Similarity",
                        L2Regularization = {{CSharp.Literal(VectorTrainers.PairL2)}} / {{CSharp.Literal(settings.Rows)}},
                        NumberOfThreads = 1,
                    }));
        """;
}
