using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>How good a model is on rows, under the names of ML.NET's metrics.</summary>
internal static class Metrics
{
    /// <summary>Measures predictions: what they are is told by their columns.</summary>
    public static JsonObject Of(MLContext ml, IDataView predictions)
    {
        var json = new JsonObject();
        if (predictions.Schema.GetColumnOrNull(nameof(FoundEntities.EntityStarts)) is not null)
        {
            NamedEntityMetrics metrics = ml.MulticlassClassification.EvaluateNamedEntitySpans(predictions, nameof(EntityRow.Types), nameof(EntityRow.Starts), nameof(EntityRow.Ends));
            AddScores(json, metrics.Micro);
            Add("MacroF1Score", metrics.Macro.F1Score);
            json["PerType"] = new JsonObject(metrics.PerType.Select(type => KeyValuePair.Create<string, JsonNode?>(type.Key, AddScores(new JsonObject(), type.Value))));
        }
        else if (predictions.Schema.GetColumnOrNull(nameof(FoundAnswers.AnswerStart)) is not null)
        {
            QuestionAnsweringMetrics metrics = ml.MulticlassClassification.EvaluateQuestionAnswering(predictions);
            Add("ExactMatch", metrics.Overall.ExactMatch);
            Add("F1Score", metrics.Overall.F1Score);
            if (metrics.NoAnswer.Count > 0)
            {
                Add("HasAnswerExactMatch", metrics.HasAnswer.ExactMatch);
                Add("HasAnswerF1Score", metrics.HasAnswer.F1Score);
                Add("NoAnswerExactMatch", metrics.NoAnswer.ExactMatch);
            }
        }
        else if (predictions.Schema.GetColumnOrNull("PredictedLabel") is not null)
        {
            MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(predictions);
            Add("MicroAccuracy", metrics.MicroAccuracy);
            Add("MacroAccuracy", metrics.MacroAccuracy);
            Add("LogLoss", metrics.LogLoss);
        }
        else
        {
            SentenceSimilarityMetrics metrics = ml.Regression.EvaluateSentenceSimilarity(predictions, nameof(Tables.LabelledRow.Similarity));
            Add("PearsonCorrelation", metrics.PearsonCorrelation);
            Add("SpearmanCorrelation", metrics.SpearmanCorrelation);
            Add("MeanAbsoluteError", metrics.MeanAbsoluteError);
            Add("RootMeanSquaredError", metrics.RootMeanSquaredError);
        }
        return json;

        // What is no number, as the correlation of rows that are all alike, JSON has no word for.
        void Add(string name, double value) => json[name] = double.IsFinite(value) ? value : null;

        static JsonObject AddScores(JsonObject json, NamedEntityScores scores)
        {
            (json["Precision"], json["Recall"], json["F1Score"], json["Support"]) = (scores.Precision, scores.Recall, scores.F1Score, scores.Support);
            return json;
        }
    }
}
