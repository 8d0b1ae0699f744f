using System.Globalization;
using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on a search: everything that was compared, and what accuracy costs.</summary>
internal static class AutoSection
{
    public static XElement Create(BertExperimentResult result, TimeSpan duration)
    {
        BertRunDetail best = result.BestRun;
        BertRunDetail[] failed = [.. result.RunDetails.Where(run => run.Metric is null)];
        return TrainingReport.Section("training", "Search",
            El("p", string.Create(CultureInfo.InvariantCulture,
                $"{result.RunDetails.Count - failed.Length} of {result.RunDetails.Count} models were compared in ") +
                string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:F1} ") +
                $"seconds{(result.StopReason is { } reason ? $"; the search ended early because {reason}" : "")}. The best one is " +
                $"“{best.TrainerName}”. {(result.IsTrainedOnAllRows
                    ? "It was trained again on all training rows."
                    : "There was no time to train it again on all training rows.")} Of models whose difference is within its standard " +
                "error, the one with the cheapest predictions was chosen."),
            El("div", Class("pair"), Costs(result)),
            Table("Models", ["model", best.MetricName, "standard error", "rows", "seconds", "ms per prediction"],
                result.Leaderboard.Select(run => (IEnumerable<object?>)
                [
                    run.TrainerName + (run.IsBaseline ? " (baseline)" : run == best ? " (chosen)" : ""), Number(run.Metric!.Value),
                    Number(run.StandardError ?? double.NaN), Count(run.ValidationRows), Brief(run.RuntimeInSeconds),
                    Brief(run.MillisecondsPerPrediction),
                ])),
            failed.Length == 0 ? null : Table("Models without a result", ["model", "reason"],
                failed.Select(run => (IEnumerable<object?>)[run.TrainerName, Words(run.Exception?.Message ?? "There was no time left.")])));
    }

    private static XElement Costs(BertExperimentResult result)
    {
        BertRunDetail[] runs = [.. result.Leaderboard.Where(run => run.MillisecondsPerPrediction is not null)];
        return new Chart("Cost of predictions",
            Axis.Over("ms per prediction, in batches", [0, .. runs.Select(run => run.MillisecondsPerPrediction!.Value)]),
            Axis.Over(result.BestRun.MetricName, runs.Select(run => run.Metric!.Value)))
            .Dots("main", runs.Select(run => Dot(run)))
            .Dots("best", Dot(result.BestRun))
            .ToFigure("of each model against its metric on the validation rows; the ring marks the chosen model.");
    }

    private static (double, double, string) Dot(BertRunDetail run) => (
        run.MillisecondsPerPrediction ?? 0, run.Metric!.Value, $"{run.TrainerName}: {Number(run.Metric.Value)}");

    private static string Brief(double? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? "–";
}
