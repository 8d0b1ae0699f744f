using System.Globalization;
using System.Xml.Linq;
using Bert.MLNet.Cli.Training;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on training: loss and metric over epochs.</summary>
internal static class TrainingSection
{
    /// <summary>The line of validation rows, in the color of their metric.</summary>
    private const string Validation = "second dashed";

    public static XElement Create(TrainingReport report)
    {
        TrainingHistory history = report.History;
        string seconds = report.Duration.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture);
        if (report.Method == MethodOption.Embed)
            return TrainingReport.Section(
                "training", "Training", El(
                    "p", $"An ML.NET trainer was trained on the checkpoint's vectors in {seconds} seconds. The checkpoint was not " +
                    "changed, and there are no epochs."));
        if (history.Reports.Count == 0)
            return TrainingReport.Section(
                "training", "Training", El(
                    "p", "There was nothing left to train: an earlier run had completed the training, and its weights were used."));
        return TrainingReport.Section("training", "Training",
            history.Shortfall(report.IsValidated) is { } shortfall ? El("p", Class("note"), shortfall) : null,
            El("p", $"{Count(history.Reports[^1].Step)} updates in {seconds} seconds, including validation. " +
                $"{Stopped(history)}{Kept(history)}"),
            El("div", Class("pair"), Loss(history), history.Best is null ? null : Metric(history)));
    }

    private static string Stopped(TrainingHistory history) =>
        history.Reports[^1] is { StopReason: { } reason } last ? $"Training stopped in epoch {last.Epoch}: {reason}. " : "";

    private static string Kept(TrainingHistory history) => history.Best is { } best
        ? $"The weights of epoch {best.Epoch} are kept; its {best.MetricName} on the validation rows is {Number(best.Metric!.Value)}."
        : "No epoch was validated, so the last weights are kept.";

    private static XElement Loss(TrainingHistory history)
    {
        // Done is relative to the maximum number of epochs, which can be computed from the report at the end of an epoch.
        double epochs = Epochs(history);
        (double X, double Y)[] points = [.. Points(history.Reports).Select(point => (point.Done * epochs, point.Loss))];
        (double X, double Y)[] validation =
            [.. history.Validated.Where(report => report.ValidationLoss is { } loss && double.IsFinite(loss))
                .Select(report => (report.Done * epochs, report.ValidationLoss!.Value))];
        Chart chart = new Chart("Loss", Axis.Over("epochs", [0, .. points.Select(point => point.X)]),
            Axis.Over("mean loss per row", [0, .. points.Concat(validation).Select(point => point.Y)])).Line("main", points);
        return validation.Length == 0
            ? chart.ToFigure("during training, as the mean since the previous point.")
            : chart.Line(Validation, validation).Legend(("main", "training"), (Validation, "validation")).ToFigure(
                "during training, as the mean since the previous point, and, dashed, on the validation rows after each epoch, without " +
                "dropout.");
    }

    /// <summary>
    /// The reports; those of few updates are combined with the previous one, because the loss of a single batch varies too much.
    /// </summary>
    private static List<(double Done, double Loss)> Points(IReadOnlyList<TrainingProgress> reports)
    {
        long[] updates = [.. reports.Zip(reports.Prepend(null), (report, before) => report.Step - (before?.Step ?? 0))];
        var points = new List<(double Done, double Loss)>();
        long joined = 0;
        foreach ((TrainingProgress report, long count) in reports.Zip(updates))
        {
            if (points.Count > 0 && count * 2 < updates.Max())
            {
                double loss = (points[^1].Loss * joined + report.Loss * count) / Math.Max(1, joined + count);
                points[^1] = (report.Done, loss);
                joined += count;
            }
            else
            {
                points.Add((report.Done, report.Loss));
                joined = count;
            }
        }
        return points;
    }

    private static double Epochs(TrainingHistory history) =>
        history.Validated.Select(report => report.Epoch / report.Done)
            .FirstOrDefault(Math.Ceiling(history.Reports[^1].Epoch / history.Reports[^1].Done));

    private static XElement Metric(TrainingHistory history)
    {
        TrainingProgress best = history.Best!;
        (double X, double Y)[] points = [.. history.Validated.Select(report => ((double)report.Epoch, report.Metric!.Value))];
        return new Chart(best.MetricName, Axis.Over("epochs", [0, .. points.Select(point => point.X)]),
            Axis.Over(best.MetricName, points.Select(point => point.Y)))
            .Line("second", points).Dots(
                "best", (best.Epoch, best.Metric!.Value, $"kept: epoch {best.Epoch}, {Number(best.Metric!.Value)}"))
            .ToFigure($"on the validation rows; the ring marks epoch {best.Epoch}, which is kept.");
    }
}
