using Bert.MLNet.DataViews;
using Bert.MLNet.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Experiments;

/// <summary>Experiments for scores of pairs. An outcome is the label and the score.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed.</param>
internal sealed class SimilarityTask(SentenceSimilarityExperimentSettings settings, int seed) : ExperimentTask
{
    private const string Score = "Score";

    /// <summary>The metrics of outcomes.</summary>
    public static readonly IReadOnlyList<OutcomeMetric> AllMetrics =
    [
        new("PearsonCorrelation", true, rows => OrZero(Correlation.Pearson(Column(rows, 0), Column(rows, 1)))),
        new("SpearmanCorrelation", true, rows => OrZero(Correlation.Spearman(Column(rows, 0), Column(rows, 1)))),
        new("MeanAbsoluteError", false, rows => rows.Average(row => Math.Abs(row[0] - row[1]))),
        new("RootMeanSquaredError", false, rows => Math.Sqrt(rows.Average(row => (row[0] - row[1]) * (row[0] - row[1])))),
    ];

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } =
        [.. AllMetrics.OrderBy(metric => metric.Name != settings.OptimizingMetric.ToString())];

    public override IReadOnlyList<string> Texts => [settings.Sentence1ColumnName, settings.Sentence2ColumnName];

    public override IDataView Prepare(MLContext ml, IDataView data)
    {
        InputColumn.Find(data.Schema, settings.LabelColumnName, nameof(settings.LabelColumnName), "Single",
            type => type == NumberDataViewType.Single);
        InputColumn.FindText(data.Schema, settings.Sentence1ColumnName, nameof(settings.Sentence1ColumnName));
        InputColumn.FindText(data.Schema, settings.Sentence2ColumnName, nameof(settings.Sentence2ColumnName));
        return data;
    }

    public override double[] Labels(IDataView data) => [.. data.GetColumn<float>(settings.LabelColumnName).Select(label => (double)label)];

    public override void Check(double[] labels)
    {
        if (labels.Distinct().Count() < 2)
            throw new InvalidOperationException(
                $"All {labels.Length} rows have the same number in column '{settings.LabelColumnName}', so there is nothing to learn. " +
                "Use rows with at least two numbers.");
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) =>
        [new("mean", (train, test) => [.. test.Select(label => new[] { label, train.Average() })])];

    public override IEnumerable<VectorContender> VectorContenders(IReadOnlyList<(BertModel Model, string Name)> models)
    {
        VectorTrainerChoice[] sdca = [.. new[] { 3, 0.3f, 30 }.Select(l2 => new VectorTrainerChoice(VectorAlgorithm.Sdca, l2))];
        VectorTrainerChoice[] other =
            [.. settings.VectorTrainers.Select(trainer => new VectorTrainerChoice(VectorAlgorithm.Other, null, trainer))];
        return VectorGrid.Of(models, [new(VectorAlgorithm.Sdca)],
            (VectorKind.StaticCosine, [sdca[0]]), (VectorKind.StaticEmbeddings, sdca), (VectorKind.Cosine, [sdca[0]]),
            (VectorKind.Embeddings, [.. sdca, .. other]), (VectorKind.Joined, [.. sdca[..2], .. other]));
    }

    public override IEnumerable<FineTuningContender> FineTunings(
        IReadOnlyList<(BertModel Model, string Name)> models, ExperimentData data) =>
        new[] { FineTuningKind.BiEncoder, FineTuningKind.CrossEncoder }
            .SelectMany(kind => FineTuningGrid.Of(kind, models, data.TrainingCount)).OrderBy(contender => contender.Updates);

    public override IEstimator<ITransformer> Trainer(MLContext ml, VectorContender contender, int rows) =>
        contender.Trainer.Regression(ml, settings.LabelColumnName, VectorFeatures.Features, rows);

    public override ITransformer FineTune(
        MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows) =>
        ml.Regression.Trainers.SentenceSimilarity(Apply(contender, run, epochs, seed, new SentenceSimilarityTrainer.Options
        {
            LabelColumnName = settings.LabelColumnName,
            Sentence1ColumnName = settings.Sentence1ColumnName,
            Sentence2ColumnName = settings.Sentence2ColumnName,
            BiEncoder = contender.Kind == FineTuningKind.BiEncoder,
        })).Fit(rows);

    public override double[][] Outcomes(IDataView predictions)
    {
        IEnumerable<double[]> outcomes = predictions.GetColumn<float>(settings.LabelColumnName).Zip(
            predictions.GetColumn<float>(Score), (label, score) => new double[] { label, score });
        return [.. outcomes];
    }

    private static double[] Column(IReadOnlyList<double[]> rows, int column) => [.. rows.Select(row => row[column])];

    // A constant is not correlated with anything.
    private static double OrZero(double correlation) => double.IsNaN(correlation) ? 0 : correlation;
}
