using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on calibration.</summary>
internal static class CalibrationSection
{
    /// <param name="calibration">The predictions.</param>
    /// <param name="counted">What is predicted, such as <c>rows</c>.</param>
    public static XElement Create(Calibration calibration, string counted = "rows")
    {
        string Describe(CalibrationBin bin) =>
            $"{Percent(bin.From)} to {Percent(bin.To)}: {Count(bin.Count)} {counted}, confidence {Percent(bin.Confidence)}, " +
            $"{Percent(bin.Accuracy)} correct";
        CalibrationBin[] bins = [.. calibration.Bins.Where(bin => bin.Count > 0)];
        return TrainingReport.Section("calibration", "Calibration",
            El("p", $"The expected calibration error is {Percent(calibration.ExpectedCalibrationError)}, and the largest error of a bin " +
                $"is {Percent(calibration.MaximumCalibrationError)}, over {calibration.Bins.Count} bins of equal width."),
            El("div", Class("pair"),
                new Chart("Reliability", new Axis("probability of the prediction", 0, 1), new Axis("share of correct predictions", 0, 1))
                    .Bars("main", bins.Select(bin => (bin.From, bin.To, bin.Accuracy, Describe(bin))))
                    .Guide(0, 0, 1, 1)
                    .Dots("best", bins.Select(bin => (bin.Confidence, bin.Accuracy, Describe(bin))))
                    .ToFigure("if a bar is below the dashed line, the model is too confident. A ring marks the mean probability of a bin."),
                new Chart("Confidence", new Axis("probability of the prediction", 0, 1),
                    Axis.Over(counted, [0, .. bins.Select(bin => (double)bin.Count)]))
                    .Bars("second", bins.Select(bin => (bin.From, bin.To, (double)bin.Count, Describe(bin))))
                    .ToFigure($"the number of {counted} in each bin.")));
    }
}
