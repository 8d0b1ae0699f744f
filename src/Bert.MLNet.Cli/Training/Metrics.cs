using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>How good a model is on rows, under the names of ML.NET's metrics.</summary>
internal static class Metrics
{
    /// <summary>Measures predictions: a classifier's where there is a predicted label, else a similarity's.</summary>
    public static JsonObject Of(MLContext ml, IDataView predictions)
    {
        var json = new JsonObject();
        if (predictions.Schema.GetColumnOrNull("PredictedLabel") is not null)
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
    }
}
