using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>
/// Describes the training in Model Builder's <c>.mbconfig</c> format, with the options of this tool in <c>TrainingOption</c>.
/// </summary>
internal static class ModelBuilderConfig
{
    private static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="name">The name of the files.</param>
    /// <param name="code">The code of the task.</param>
    /// <param name="settings">How the model was trained.</param>
    /// <param name="figures"><c>Score</c> and <c>RuntimeInSeconds</c>, as far as they are known.</param>
    public static string Create(string name, ModelCode code, TrainingSettings settings, IReadOnlyDictionary<string, double> figures)
    {
        var config = new JsonObject
        {
            ["Scenario"] = code.Scenario,
            ["DataSource"] = new JsonObject
            {
                ["Type"] = "TabularFile",
                ["Version"] = 3,
                ["FilePath"] = settings.Source.Path,
                ["Delimiter"] = settings.Source.Separator?.ToString(),
                ["DecimalMarker"] = ".",
                ["HasHeader"] = settings.Source.HasHeader,
                ["AllowQuoting"] = settings.Source.Separator is not (null or '\t'),
                ["ColumnProperties"] = new JsonArray([.. settings.Source.Columns.Select((column, i) => new JsonObject
                {
                    ["ColumnName"] = column.Name,
                    ["ColumnPurpose"] = i < settings.Source.Labels ? "Label" : "Feature",
                    ["ColumnDataFormat"] = i == 0 && code.Labels[0].Type == "float" ? "Single" : "String",
                    ["IsCategorical"] = i == 0 && code.Labels[0].Type == "string",
                    ["Type"] = "Column",
                    ["Version"] = 5,
                })]),
            },
            ["Environment"] = new JsonObject { ["Type"] = "LocalCPU", ["Version"] = 1 },
            ["Artifact"] = new JsonObject { ["Type"] = "LocalArtifact", ["Version"] = 3, ["MLNetModelPath"] = name + ".zip" },
            ["RunHistory"] = new JsonObject
            {
                ["Type"] = "Result",
                ["Version"] = 1,
                ["MetricName"] = code.MetricName,
                ["Trials"] = new JsonArray(new JsonObject
                {
                    ["Type"] = "Trial",
                    ["Version"] = 1,
                    ["TrainerName"] = code.Trainer,
                    ["Score"] = Figure("Score"),
                    ["RuntimeInSeconds"] = Figure("RuntimeInSeconds"),
                }),
            },
            ["TrainingOption"] = new JsonObject
            {
                ["Type"] = code.Scenario,
                ["Version"] = 0,
                ["Model"] = settings.Model,
                ["Method"] = settings.Contender is not null ? "auto"
                    : settings.Embeds ? "embed"
                    : settings.IsFewShot ? "few-shot"
                    : "fine-tune",
                ["Fast"] = settings.StaticDimension is not null,
                ["Prompt"] = settings.Prompt,
                ["Epochs"] = settings.Epochs,
                ["BatchSize"] = settings.BatchSize,
                ["LearningRate"] = settings.LearningRate,
                ["Patience"] = settings.Patience,
                ["Seed"] = settings.Seed,
                ["ValidationFraction"] = settings.Validation is null ? settings.ValidationFraction : null,
                ["ValidationDataset"] = settings.Validation?.Path,
                ["TestDataset"] = settings.Test?.Path,
            },
            ["Type"] = "TrainingConfig",
            ["Version"] = 5,
        };
        return config.ToJsonString(s_indented) + "\n";

        JsonNode? Figure(string key) => figures.TryGetValue(key, out double value) && double.IsFinite(value) ? value : null;
    }
}
