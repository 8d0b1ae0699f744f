using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Files;
using Bert.MLNet.Cli.Reports;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>What a model predicts.</summary>
internal enum PredictionKind
{
    /// <summary>A label of a text or pair.</summary>
    Labels,

    /// <summary>A score of a pair.</summary>
    Scores,

    /// <summary>Entities in a text.</summary>
    Entities,

    /// <summary>Answers to a question.</summary>
    Answers,

    /// <summary>Texts that a decoder writes.</summary>
    Texts,
}

/// <summary>Computes metrics, under ML.NET's names if it has them.</summary>
internal static class Metrics
{
    /// <summary>Caches the predictions, so that the model reads the rows only once.</summary>
    public static IDataView Keep(MLContext ml, IDataView predictions)
    {
        string[] columns =
        [
            "Label", "Similarity", "Sentence1", "Sentence2", "Score", "PredictedLabel", CosineBaseline.Column,
            .. new[] { typeof(NamedEntityRow), typeof(FoundEntities), typeof(QuestionAnswerRow), typeof(FoundAnswers) }.SelectMany(
                row => row.GetProperties()).Select(property => property.Name).Where(name => name != "Score"),
        ];
        return ml.Data.Cache(predictions, [.. columns.Where(column => Has(predictions, column))]);
    }

    /// <summary>Evaluates predictions, whose columns determine the task.</summary>
    public static JsonObject Of(MLContext ml, IDataView predictions)
    {
        JsonObject json = KindOf(predictions) switch
        {
            PredictionKind.Entities => OfEntities(ml, predictions),
            PredictionKind.Answers => OfAnswers(ml, predictions),
            PredictionKind.Labels => OfClassifier(ml, predictions),
            PredictionKind.Texts => OfTexts(ml, predictions),
            _ => OfSimilarity(ml, predictions),
        };
        if (KindOf(predictions) != PredictionKind.Texts)
            Outcomes.Read(ml, predictions).AddStandardErrorsTo(json);
        return json;
    }

    /// <summary>What predictions are, by their columns.</summary>
    public static PredictionKind KindOf(IDataView predictions) =>
        Has(predictions, nameof(FoundEntities.EntityStarts)) ? PredictionKind.Entities
        : Has(predictions, nameof(FoundAnswers.AnswerStart)) ? PredictionKind.Answers
        : Has(predictions, nameof(WrittenText.PredictedText)) ? PredictionKind.Texts
        : Has(predictions, "PredictedLabel") ? PredictionKind.Labels
        : PredictionKind.Scores;

    /// <summary>Whether predictions are scores of pairs.</summary>
    public static bool IsSimilarity(IDataView predictions) => KindOf(predictions) == PredictionKind.Scores;

    private static bool Has(IDataView predictions, string column) => predictions.Schema.GetColumnOrNull(column) is not null;

    private static JsonObject OfEntities(MLContext ml, IDataView predictions)
    {
        NamedEntityMetrics metrics =
            ml.MulticlassClassification.EvaluateNamedEntitySpans(
                predictions, nameof(NamedEntityRow.Types), nameof(NamedEntityRow.Starts), nameof(NamedEntityRow.Ends));
        JsonObject json = AddScores(new JsonObject(), metrics.Micro);
        json["MacroF1Score"] = Number(metrics.Macro.F1Score);
        json["PerType"] = new JsonObject(
            metrics.PerType.Select(type => KeyValuePair.Create<string, JsonNode?>(type.Key, AddScores(new JsonObject(), type.Value))));
        return json;

        static JsonObject AddScores(JsonObject json, NamedEntityScores scores)
        {
            (json["Precision"], json["Recall"], json["F1Score"], json["Support"]) =
                (scores.Precision, scores.Recall, scores.F1Score, scores.Support);
            return json;
        }
    }

    private static JsonObject OfTexts(MLContext ml, IDataView predictions)
    {
        IDataView kept = ml.Data.Cache(predictions, nameof(WrittenResult.Target), nameof(WrittenResult.PredictedText));
        return new(WritingTask.All.SelectMany(task => task.Evaluate(ml, kept))
            .Select(metric => KeyValuePair.Create(metric.Key, metric.Value?.DeepClone())));
    }

    private static JsonObject OfAnswers(MLContext ml, IDataView predictions)
    {
        QuestionAnsweringMetrics metrics = ml.MulticlassClassification.EvaluateQuestionAnswering(predictions);
        var json = new JsonObject { ["ExactMatch"] = Number(metrics.Overall.ExactMatch), ["F1Score"] = Number(metrics.Overall.F1Score) };
        if (metrics.NoAnswer.Count > 0)
        {
            json["HasAnswerExactMatch"] = Number(metrics.HasAnswer.ExactMatch);
            json["HasAnswerF1Score"] = Number(metrics.HasAnswer.F1Score);
            json["NoAnswerExactMatch"] = Number(metrics.NoAnswer.ExactMatch);
        }
        return json;
    }

    private static JsonObject OfClassifier(MLContext ml, IDataView predictions)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(predictions);
        ClassificationResult result = ClassificationResult.Read(ml, predictions);
        var json = new JsonObject
        {
            ["MicroAccuracy"] = Number(metrics.MicroAccuracy),
            ["MacroAccuracy"] = Number(metrics.MacroAccuracy),
            ["MacroF1"] = Number(result.MacroF1),
            ["LogLoss"] = Number(metrics.LogLoss),
            ["LogLossReduction"] = Number(metrics.LogLossReduction),
            ["ExpectedCalibrationError"] = Number(result.Calibration.ExpectedCalibrationError),
        };
        if (result.AreaUnderRocCurve is { } area)
            json["AreaUnderRocCurve"] = Number(area);
        if (result.UnknownRows > 0)
            json["RowsOfUnknownLabels"] = result.UnknownRows;
        json["Classes"] = new JsonArray([.. result.Classes.Select(scores => new JsonObject
        {
            ["Label"] = scores.Label,
            ["Precision"] = scores.Precision,
            ["Recall"] = scores.Recall,
            ["F1"] = scores.F1,
            ["Rows"] = scores.Support,
            ["Predicted"] = scores.Predicted,
        })]);
        // A row for each label and a column for each prediction, in the order of the classes.
        json["ConfusionMatrix"] = new JsonArray([.. Enumerable.Range(0, result.Labels.Count).Select(i =>
            new JsonArray([.. Enumerable.Range(0, result.Labels.Count).Select(j => JsonValue.Create(result.Confusion[i, j]))]))]);
        return json;
    }

    private static JsonObject OfSimilarity(MLContext ml, IDataView predictions)
    {
        SentenceSimilarityMetrics metrics = ml.Regression.EvaluateSentenceSimilarity(predictions, nameof(Tables.LabelledRow.Similarity));
        var json = new JsonObject
        {
            ["PearsonCorrelation"] = Number(metrics.PearsonCorrelation),
            ["SpearmanCorrelation"] = Number(metrics.SpearmanCorrelation),
            ["MeanAbsoluteError"] = Number(metrics.MeanAbsoluteError),
            ["RootMeanSquaredError"] = Number(metrics.RootMeanSquaredError),
            ["RSquared"] = Number(metrics.RSquared),
        };
        if (Has(predictions, CosineBaseline.Column))
        {
            SentenceSimilarityMetrics cosine =
                ml.Regression.EvaluateSentenceSimilarity(predictions, nameof(Tables.LabelledRow.Similarity), CosineBaseline.Column);
            (json["CosinePearsonCorrelation"], json["CosineSpearmanCorrelation"]) =
                (Number(cosine.PearsonCorrelation), Number(cosine.SpearmanCorrelation));
        }
        return json;
    }

    // JSON cannot represent NaN, such as the correlation of equal values.
    private static JsonNode? Number(double value) => double.IsFinite(value) ? value : null;
}
