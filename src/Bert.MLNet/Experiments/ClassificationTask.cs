using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Experiments;

/// <summary>Experiments for classifiers. An outcome is the label, the predicted label, and the probabilities of both.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed.</param>
internal sealed class ClassificationTask(TextClassificationExperimentSettings settings, int seed) : ExperimentTask
{
    private const string KeyColumn = "BertLabelKey", Predicted = "PredictedLabel", Score = "Score";

    /// <summary>A label with fewer rows could have a single one in the training part of a fold.</summary>
    private const int FewestRowsOfLabel = 3;

    /// <summary>With more rows of a label, fine-tuning is better than few-shot training, and faster.</summary>
    private const int MostRowsOfLabel = 64;

    /// <summary>The logarithm of a smaller number, such as 0, would be the same for all labels.</summary>
    private const float LeastProbability = 1e-37f;

    /// <summary>The metrics of outcomes.</summary>
    public static readonly IReadOnlyList<OutcomeMetric> AllMetrics =
    [
        new("MicroAccuracy", true, rows => rows.Average(row => row[0] == row[1] ? 1.0 : 0)),
        new("MacroAccuracy", true,
            rows => rows.GroupBy(row => row[0]).Average(label => label.Average(row => row[0] == row[1] ? 1.0 : 0))),
        new("LogLoss", false, LogLoss),
    ];

    private ValueToKeyMappingTransformer? _keys;
    private string _label = settings.LabelColumnName;

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } =
        [.. AllMetrics.OrderBy(metric => metric.Name != settings.OptimizingMetric.ToString())];

    public override IReadOnlyList<string> Texts =>
        settings.Sentence2ColumnName is { } second ? [settings.Sentence1ColumnName, second] : [settings.Sentence1ColumnName];

    /// <summary>The mean negative logarithm of the label's probability.</summary>
    public static double LogLoss(IReadOnlyList<double[]> rows) => rows.Average(row => -Math.Log(Math.Max(row[2], 1e-15)));

    public override IDataView Prepare(MLContext ml, IDataView data)
    {
        DataViewSchema.Column label = InputColumn.Find(data.Schema, settings.LabelColumnName, nameof(settings.LabelColumnName),
            "keys, text, Boolean or a number", type => type is not VectorDataViewType);
        InputColumn.FindText(data.Schema, settings.Sentence1ColumnName, nameof(settings.Sentence1ColumnName));
        if (settings.Sentence2ColumnName is { } second)
            InputColumn.FindText(data.Schema, second, nameof(settings.Sentence2ColumnName));
        if (label.Type is KeyDataViewType key && key.RawType == typeof(uint))
            return data;
        _label = KeyColumn;
        _keys ??= ml.Transforms.Conversion.MapValueToKey(
            KeyColumn, settings.LabelColumnName, keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(data);
        return _keys.Transform(data);
    }

    public override double[] Labels(IDataView data) =>
        [.. data.GetColumn<uint>(_label).Select(key => key == 0 ? double.NaN : key - 1)];

    public override void Check(double[] labels)
    {
        if (labels.Distinct().Count() < 2)
            throw new InvalidOperationException(
                $"Column '{settings.LabelColumnName}' has {labels.Distinct().Count()} label in {labels.Length} rows, so there is nothing " +
                "to learn. Use rows with at least two labels.");
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) => [new("majority", (train, test) =>
    {
        Dictionary<double, int> counts = train.CountBy(label => label).ToDictionary();
        double majority = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key).First().Key;
        return [.. test.Select(label => new[] { label, majority, Share(label), Share(majority) })];

        double Share(double label) => (double)counts.GetValueOrDefault(label) / train.Length;
    })];

    public override IEnumerable<VectorContender> VectorContenders(IReadOnlyList<(BertModel Model, string Name)> models)
    {
        IReadOnlyList<VectorTrainerChoice> other =
            [.. settings.VectorTrainers.Select(trainer => new VectorTrainerChoice(VectorAlgorithm.Other, null, trainer))];
        float[] grid = Texts.Count == 1 ? [0.3f, 0.03f, 3] : [3, 0.3f, 30];
        VectorTrainerChoice[] lbfgs = [.. grid.Select(l2 => new VectorTrainerChoice(VectorAlgorithm.Lbfgs, l2))];
        VectorTrainerChoice[] sdca = [.. new[] { 0.3f, 0.03f, 3 }.Select(l2 => new VectorTrainerChoice(VectorAlgorithm.Sdca, l2))];
        return VectorGrid.Of(models, [new(VectorAlgorithm.Sdca), .. sdca],
            (VectorKind.StaticEmbeddings, lbfgs), (VectorKind.Embeddings, [.. lbfgs, .. other]), (VectorKind.StaticJoined, sdca),
            (VectorKind.Joined, [.. sdca, .. other]));
    }

    public override IEnumerable<FineTuningContender> FineTunings(
        IReadOnlyList<(BertModel Model, string Name)> models, ExperimentData data)
    {
        int[] counts = [.. data.Labels.CountBy(label => label).Select(count => count.Value)];
        bool isFew = Texts.Count == 1 && counts.Min() >= FewestRowsOfLabel && data.Count <= MostRowsOfLabel * counts.Length;
        IEnumerable<FineTuningContender> few = isFew
            ? models.Where(model => model.Model.Table is null).Select(model => new FineTuningContender(FineTuningKind.FewShot)
            {
                Model = model.Model,
                ModelName = model.Name,
            })
            : [];
        return [.. few, .. FineTuningGrid.Of(FineTuningKind.Whole, models, data.TrainingCount)];
    }

    public override IEstimator<ITransformer> Trainer(MLContext ml, VectorContender contender, int rows) =>
        contender.Trainer.Classifier(ml, _label, VectorFeatures.Features, rows);

    public override ITransformer FineTune(
        MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows) =>
        ml.MulticlassClassification.Trainers.TextClassification(Apply(contender, run, epochs, seed, new TextClassificationTrainer.Options
        {
            LabelColumnName = _label,
            Sentence1ColumnName = settings.Sentence1ColumnName,
            Sentence2ColumnName = settings.Sentence2ColumnName,
            FewShot = contender.Kind == FineTuningKind.FewShot ? new BertFewShotOptions() : null,
            CalibrationTemperature = contender.Temperature,
        })).Fit(rows);

    public override double[][] Outcomes(IDataView predictions) => [.. Scores(predictions).Select(row => Outcome(row.Key, row.Scores))];

    public override (double[][] Outcomes, double Temperature) Calibrated(FineTuningContender contender, IDataView predictions)
    {
        if (contender.Kind == FineTuningKind.FewShot)
            return base.Calibrated(contender, predictions); // the trainer does not divide its logits
        (uint Key, float[] Logits)[] rows = [.. Scores(predictions).Select(row => (row.Key, Logarithms(row.Scores)))];
        double temperature = CalibrationTemperature.OfLabel(
            [.. rows.Where(row => IsKnown(row.Key, row.Logits)).Select(row => ((int)row.Key - 1, row.Logits))]);
        return ([.. rows.Select(row => Outcome(row.Key, CalibrationTemperature.Divided(row.Logits, temperature)))], temperature);
    }

    public override ITransformer Calibrate(ITransformer model, double temperature) =>
        temperature == 1 ? model : ((BertClassifierTransformer)model).WithTemperature(temperature);

    public override IEnumerable<ITransformer> LastSteps(MLContext ml, IDataView predictions) =>
        _keys is null ? [] : [ml.Transforms.Conversion.MapKeyToValue(Predicted).Fit(predictions)];

    private IEnumerable<(uint Key, float[] Scores)> Scores(IDataView predictions) =>
        predictions.GetColumn<uint>(_label).Zip(predictions.GetColumn<float[]>(Score));

    private static double[] Outcome(uint key, float[] scores)
    {
        int best = Array.IndexOf(scores, scores.Max());
        return [key - 1.0, best, IsKnown(key, scores) ? scores[key - 1] : 0, scores[best]];
    }

    private static bool IsKnown(uint key, float[] scores) => key >= 1 && key <= scores.Length;

    private static float[] Logarithms(float[] probabilities) => [.. probabilities.Select(p => MathF.Log(Math.Max(p, LeastProbability)))];
}
