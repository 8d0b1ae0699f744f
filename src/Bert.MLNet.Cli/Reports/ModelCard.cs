using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Training;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The model card of an exported checkpoint, <c>README.md</c>, with the metadata of HuggingFace's hub.</summary>
internal static class ModelCard
{
    /// <summary>The metrics of the metadata: their names in files of metrics, on the hub, and for readers.</summary>
    private static readonly (string Name, string Type, string Title)[] s_metrics =
    [
        ("MicroAccuracy", "accuracy", "Accuracy"), ("MacroF1", "f1", "Macro F1"), ("F1Score", "f1", "F1"),
        ("Precision", "precision", "Precision"), ("Recall", "recall", "Recall"), ("ExactMatch", "exact_match", "Exact match"),
        ("PearsonCorrelation", "pearson", "Pearson correlation"), ("SpearmanCorrelation", "spearman", "Spearman correlation"),
    ];

    private static readonly JsonSerializerOptions s_quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="name">The name of the model.</param>
    /// <param name="bert">The checkpoint.</param>
    /// <param name="metrics">The metrics of its training; null if they are not known.</param>
    public static string Create(string name, BertModel bert, JsonObject? metrics)
    {
        var card = new StringBuilder();
        CardTask? task = CardTask.Of(
            TrainingFacts.Of(metrics, TrainingFacts.Task), TrainingFacts.Of(metrics, TrainingFacts.Method),
            TrainingFacts.Of(metrics, TrainingFacts.Pair).Length > 0);
        AddMetadata(card, name, task, metrics);
        Add(card, $"# {OneLine(name)}\n\n{bert.Config.ModelType} with {bert.Config.NumHiddenLayers} layers of {bert.Config.HiddenSize}");
        if (metrics is not null)
        {
            Add(card, $", trained by bert-mlnet on {Count((long?)metrics["Rows"] ?? 0)} rows, from " +
                $"`{OneLine(TrainingFacts.Of(metrics, TrainingFacts.Model))}`.\n\n");
            AddTable(card, metrics);
        }
        else
            card.Append(".\n\n");
        if (bert.Config.NumLabels > 1)
            card.Append("## Labels\n" + string.Join(", ", bert.Config.Id2Label.Values.Select(label => $"`{OneLine(label)}`")) + "\n\n");
        if (task is not null)
            Add(card, $"## Use\nWith Bert.MLNet:\n\n```csharp\n{task.CSharp}\n```\n\nWith Python:\n\n```python\n{task.Python}\n```\n\n");
        if (TrainingFacts.WarningsOf(metrics) is { Count: > 0 } warnings)
            card.Append("## Limits\n" + string.Join('\n', warnings.Select(warning => "- " + OneLine(warning))) + "\n\n");
        if (metrics is not null)
            Add(card, $"## Reproduction\n```\n{OneLine(TrainingFacts.Of(metrics, TrainingFacts.Command))}\n```\n");
        return card.ToString().TrimEnd('\n') + "\n";
    }

    private static void AddMetadata(StringBuilder card, string name, CardTask? task, JsonObject? metrics)
    {
        card.Append("---\n");
        if (task is not null)
            Add(card, $"library_name: {task.Library}\npipeline_tag: {task.Tag}\n");
        // A name on the hub; folders are of no use to others.
        if (TrainingFacts.Of(metrics, TrainingFacts.Model) is var model && model.Split('/') is [_, _] && !Directory.Exists(model))
            Add(card, $"base_model: {Quote(model)}\n");
        string test = TrainingFacts.Of(metrics, TrainingFacts.TestDataset);
        (string Type, string Title, double Value)[] results = [.. s_metrics
            .Where(metric => (double?)metrics?[metric.Name] is not null)
            .Select(metric => (metric.Type, metric.Title, (double)metrics![metric.Name]!))];
        if (task is not null && results.Length > 0)
        {
            Add(card, $"model-index:\n- name: {Quote(name)}\n  results:\n  - task:\n      type: {task.Tag}\n    dataset:\n" +
                $"      name: {Quote(test)}\n      type: {Quote(test)}\n    metrics:\n");
            foreach ((string type, string title, double value) in results)
                Add(card, $"    - type: {type}\n      name: {title}\n      value: {JsonSerializer.Serialize(value)}\n");
        }
        card.Append("---\n\n");
    }

    private static void AddTable(StringBuilder card, JsonObject metrics)
    {
        string[] names = [.. Outcomes.Measured(metrics)];
        (string Name, JsonObject Metrics)[] models = [("this model", metrics), .. BaselineMetrics.In(metrics)];
        if (names.Length == 0)
            return;
        Add(card, $"On {Count((long?)metrics["TestRows"] ?? 0)} rows of " +
            $"`{OneLine(TrainingFacts.Of(metrics, TrainingFacts.TestDataset))}`, with standard errors:\n\n");
        Add(card, $"| | {string.Join(" | ", models.Select(model => model.Name))} |\n|---|{string.Concat(models.Select(_ => "--:|"))}\n");
        foreach (string name in names)
            Add(card, $"| {name} | {string.Join(" | ", models.Select(model => ComparisonSection.Cell(model.Metrics, name)))} |\n");
        card.Append('\n');
    }

    // Interpolated here, which is invariant, and not by StringBuilder.
    private static void Add(StringBuilder card, string text) => card.Append(text);

    // JSON's strings are strings of YAML.
    private static string Quote(string text) => JsonSerializer.Serialize(text, s_quoted);

    private static string OneLine(string text) => ErrorText.OneLine(text).Replace("`", "'", StringComparison.Ordinal);
}
