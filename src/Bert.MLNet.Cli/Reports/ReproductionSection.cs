using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Microsoft.ML;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's section on how to reproduce the training.</summary>
internal static class ReproductionSection
{
    public static XElement Create(TrainingReport report) => TrainingReport.Section("reproduce", "Reproduction",
        El("pre", El("code", report.Command)),
        El("p", Class("subtitle"), string.Create(CultureInfo.InvariantCulture,
            $"Paths are relative to {Environment.CurrentDirectory}. bert-mlnet {ToolVersion.Current}, ML.NET " +
            $"{ToolVersion.Of(typeof(MLContext).Assembly)}, {RuntimeInformation.FrameworkDescription}, " +
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors; {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC.")));
}
