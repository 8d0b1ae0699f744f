using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Training;

/// <summary>What <c>NAME.metrics.json</c> says about a training, in addition to metrics.</summary>
internal static class TrainingFacts
{
    /// <summary>The name of the facts in metrics.</summary>
    public const string Key = "Training";

    public const string Task = "Task", Method = "Method", Model = "Model", Dataset = "Dataset", TestDataset = "TestDataset",
        Command = "Command",
        Pair = "SecondText";

    private const string Warnings = "Warnings";

    /// <summary>Adds facts to metrics.</summary>
    public static void AddTo(JsonObject metrics, IEnumerable<string> warnings, params IEnumerable<(string Name, string Value)> facts)
    {
        var json = new JsonObject();
        foreach ((string name, string value) in facts)
            json[name] = value;
        json[Warnings] = new JsonArray([.. warnings.Select(warning => JsonValue.Create(warning))]);
        metrics[Key] = json;
    }

    /// <summary>A fact; empty if it is missing.</summary>
    public static string Of(JsonObject? metrics, string name) =>
        metrics?[Key] is JsonObject facts && facts[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    /// <summary>What is likely to be wrong with the rows.</summary>
    public static IReadOnlyList<string> WarningsOf(JsonObject? metrics) =>
        metrics?[Key]?[Warnings] is JsonArray warnings ? [.. warnings.Select(warning => warning?.ToString() ?? "")] : [];
}
