using System.Text.Json.Nodes;
using System.Xml.Linq;
using Bert.MLNet.Cli.Training;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on baselines: their metrics beside those of the model, with standard errors.</summary>
internal static class ComparisonSection
{
    /// <param name="metrics">The metrics of the model and of baselines.</param>
    /// <param name="metric">The metric by which models are compared.</param>
    /// <returns>The section, or null if there are no baselines.</returns>
    public static XElement? Create(JsonObject metrics, string metric)
    {
        (string Name, JsonObject Metrics)[] models = [("this model", metrics), .. BaselineMetrics.In(metrics)];
        if (models.Length == 1)
            return null;
        string[] names = [.. Outcomes.Measured(metrics)];
        return TrainingReport.Section("baselines", "Beside baselines",
            BaselineMetrics.Warning(metrics, metric) is { } warning ? El("p", Class("note"), warning) : null,
            Table("The same rows, each metric with its standard error from 200 bootstrap resamples", ["", .. names],
                models.Select(model => (IEnumerable<object?>)[model.Name, .. names.Select(name => Cell(model.Metrics, name))])));
    }

    /// <summary>A metric with its standard error; a dash if it is missing.</summary>
    public static string Cell(JsonObject metrics, string name) => (double?)metrics[name] is not { } value ? "–"
        : Number(value) + (Outcomes.StandardErrorOf(metrics, name) is { } error ? $" ± {Number(error)}" : "");
}
