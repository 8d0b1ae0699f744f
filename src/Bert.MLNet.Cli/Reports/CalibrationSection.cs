using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>Whether probabilities can be believed.</summary>
internal static class CalibrationSection
{
    /// <param name="calibration">The predictions.</param>
    /// <param name="counted">What is predicted, such as <c>rows</c>.</param>
    public static XElement Create(Calibration calibration, string counted = "rows")
    {
        string Describe(CalibrationBin bin) => $"{Percent(bin.From)} to {Percent(bin.To)}: {Count(bin.Count)} {counted}, {Percent(bin.Confidence)} sure, {Percent(bin.Accuracy)} right";
        CalibrationBin[] bins = [.. calibration.Bins.Where(bin => bin.Count > 0)];
        return TrainingReport.Section("calibration", "Calibration",
            El("p", $"Expected calibration error {Percent(calibration.ExpectedCalibrationError)}, the largest of a bin {Percent(calibration.MaximumCalibrationError)}, over {calibration.Bins.Count} bins of equal width."),
            El("div", Class("pair"),
                new Chart("Reliability", new Axis("probability of the prediction", 0, 1), new Axis("share that is right", 0, 1))
                    .Bars("main", bins.Select(bin => (bin.From, bin.To, bin.Accuracy, Describe(bin))))
                    .Guide(0, 0, 1, 1)
                    .Dots("best", bins.Select(bin => (bin.Confidence, bin.Accuracy, Describe(bin))))
                    .ToFigure("where a bar is below the dashed line the model is surer than it should be. Rings stand at the mean probability of a bin."),
                new Chart("Confidence", new Axis("probability of the prediction", 0, 1), Axis.Over(counted, [0, .. bins.Select(bin => (double)bin.Count)]))
                    .Bars("second", bins.Select(bin => (bin.From, bin.To, (double)bin.Count, Describe(bin))))
                    .ToFigure($"how many {counted} are in each bin.")));
    }
}
