using System.Globalization;
using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A table of precision, recall and F1 for labels or entity types.</summary>
internal static class ClassTable
{
    /// <param name="kind">The kind of class, such as <c>label</c>.</param>
    /// <param name="counted">What is counted, such as <c>rows</c>.</param>
    /// <param name="classes">The labels.</param>
    public static XElement Create(string kind, string counted, IReadOnlyList<ClassScores> classes)
    {
        ClassScores[] seen = [.. classes.Where(scores => scores.Support + scores.Predicted > 0)];
        int rows = classes.Sum(scores => scores.Support);
        return Table($"Precision, recall and F1 for each {kind}",
            [char.ToUpperInvariant(kind[0]) + kind[1..], "precision", "recall", "F1", counted, "predicted"],
        [
            .. classes.Select(scores =>
                new object?[] { scores.Label, Bar(scores.Precision), Bar(scores.Recall), Bar(scores.F1), Count(scores.Support),
                    Count(scores.Predicted) }),
            Mean("mean", scores => seen.Select(scores).DefaultIfEmpty(double.NaN).Average()),
            Mean($"mean weighted by {counted}", scores => classes.Sum(one => one.Support * scores(one)) / Math.Max(1, rows)),
        ]);

        object?[] Mean(string name, Func<Func<ClassScores, double>, double> mean) =>
            [El("em", name), Number(mean(one => one.Precision)), Number(mean(one => one.Recall)), Number(mean(one => one.F1)), Count(rows),
                ""];
    }

    private static XElement Bar(double share) =>
        El("td", Class("share"), Attr("style", string.Create(CultureInfo.InvariantCulture, $"--share:{share:0.###}")), Number(share));
}
