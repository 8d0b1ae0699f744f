using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The report's sections on answers: metrics, calibration, and the worst errors.</summary>
internal static class AnswerSections
{
    private const int ErrorsShown = 20, ContextShown = 300;

    public static IEnumerable<XElement> Create(AnswerResult result) =>
    [
        TrainingReport.Section("answers", "Answers",
            Table("Exact match and F1 as in SQuAD's script", ["Questions", "rows", "exact match", "F1"],
        [
            Line("all", result.Rows),
            Line("with an answer", [.. result.Rows.Where(row => row.Right.Count > 0)]),
            Line("without", [.. result.Rows.Where(row => row.Right.Count == 0)]),
        ])),
        CalibrationSection.Create(result.Calibration, "answers"),
        TrainingReport.Section("errors", "Worst errors", Errors(result)),
    ];

    private static object?[] Line(string name, IReadOnlyList<AnsweredRow> rows) =>
    [
        name, Count(rows.Count), Number(rows.Select(row => row.Scores.ExactMatch).DefaultIfEmpty(double.NaN).Average()),
        Number(rows.Select(row => row.Scores.F1Score).DefaultIfEmpty(double.NaN).Average()),
    ];

    private static XElement Errors(AnswerResult result)
    {
        AnsweredRow[] rows = [.. result.Rows.Where(row => row.Scores.ExactMatch < 1).OrderBy(row => row.Scores.F1Score)
            .ThenByDescending(row => row.Score)];
        return rows.Length == 0 ? El("p", "There are none.")
            : Table($"The {Math.Min(ErrorsShown, rows.Length)} of {Count(rows.Length)} incorrect answers that differ most from the " +
                "correct ones, the most confident first", ["Question", "answer", "correct answer", "F1", "probability"],
                rows.Take(ErrorsShown).Select(row => new object?[]
                {
                    new[] { Words(row.Question), Context(row) }, Words(Shown(row.Answer)),
                    Words(row.Right.Count == 0 ? Shown("") : string.Join("\n", row.Right.Distinct())), Number(row.Scores.F1Score),
                    Percent(row.Score),
                }), "texts");
    }

    /// <summary>The part of the context around the correct answer, or around the model's answer.</summary>
    private static XElement Context(AnsweredRow row)
    {
        int place = Math.Max(0, row.Context.IndexOf(row.Right.Count > 0 ? row.Right[0] : row.Answer, StringComparison.Ordinal));
        int start = Math.Max(0, Math.Min(place - (ContextShown / 2), row.Context.Length - ContextShown));
        start = start == 0 ? 0 : row.Context.IndexOf(' ', start, place - start) is var space and >= 0 ? space + 1 : place;
        XElement words = Words((start > 0 ? "… " : "") + row.Context[start..], ContextShown);
        words.SetAttributeValue("class", "words context");
        return words;
    }

    private static string Shown(string answer) => answer.Length == 0 ? "(none)" : answer;
}
