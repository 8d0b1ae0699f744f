using System.Xml.Linq;
using Bert.MLNet.Tasks;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's sections on entities: metrics by type, calibration, and the texts with the most errors.</summary>
internal static class EntitySections
{
    private const int ErrorsShown = 20;

    public static IEnumerable<XElement> Create(EntityResult result) =>
    [
        TrainingReport.Section("types", "Types", El("p", "An entity is correct if its type, start and end are correct."),
            ClassTable.Create("type", "entities", result.Types)),
        CalibrationSection.Create(result.Calibration, "entities"),
        TrainingReport.Section("errors", "Worst errors", Errors(result)),
    ];

    private static XElement Errors(EntityResult result)
    {
        EntityPrediction[] rows =
            [.. result.Rows.Where(row => row.Errors > 0).OrderByDescending(row => row.Errors)
                .ThenByDescending(row => row.Wrong.Select(wrong => wrong.Score).DefaultIfEmpty().Max())];
        return rows.Length == 0 ? El("p", "There are none.")
            : Table($"The {Math.Min(ErrorsShown, rows.Length)} of {Count(rows.Length)} incorrect texts with the most errors",
                ["Text", "not found", "found by mistake"],
                rows.Take(ErrorsShown).Select(row => new object?[]
                {
                    Words(row.Text),
                    Words(string.Join("\n", row.Missed.Select(span => Describe(row.Text, span)))),
                    Words(string.Join("\n", row.Wrong.Select(found => $"{Describe(row.Text, found.Span)}, {Percent(found.Score)}"))),
                }), "texts");
    }

    private static string Describe(string text, EntitySpan span) => $"{text[span.Start..span.End]} ({span.Type})";
}
