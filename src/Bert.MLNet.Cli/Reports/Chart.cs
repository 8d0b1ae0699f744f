using System.Globalization;
using System.Xml.Linq;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>
/// A chart as inline SVG with the colors of the page. Unlike the images of a plotting library, it follows light and dark mode, prints well,
/// and needs only a few kilobytes.
/// </summary>
/// <param name="title">The title for screen readers.</param>
/// <param name="x">The horizontal axis.</param>
/// <param name="y">The vertical axis.</param>
internal sealed class Chart(string title, Axis x, Axis y)
{
    private const double Width = 460, Height = 300, Right = 14, Top = 12, Bottom = 44;

    private readonly List<XElement> _marks = [];

    /// <summary>The space for the ticks and the label of the vertical axis.</summary>
    private double Left { get; } = Math.Max(52, 27 + 7 * y.Marks().Max(mark => mark.Text.Length));

    /// <summary>Adds a line through points, with a dot on each if there are few.</summary>
    public Chart Line(string kind, params IReadOnlyList<(double X, double Y)> points)
    {
        _marks.Add(El("polyline", Class("line " + kind),
            Attr("points", string.Join(' ', points.Select(point => $"{Text(X(point.X))},{Text(Y(point.Y))}")))));
        return points.Count <= 40
            ? Dots(kind, [.. points.Select(point => (point.X, point.Y, $"{Short(point.X)}: {Short(point.Y)}"))])
            : this;
    }

    /// <summary>Adds dots, each with a tooltip.</summary>
    public Chart Dots(string kind, params IEnumerable<(double X, double Y, string Text)> dots)
    {
        foreach ((double dotX, double dotY, string text) in dots)
            _marks.Add(El("circle", Class("dot " + kind), Attr("cx", Text(X(dotX))), Attr("cy", Text(Y(dotY))), Attr("r", "3"),
                El("title", text)));
        return this;
    }

    /// <summary>Adds bars that start at zero, or at the lower end of the axis.</summary>
    public Chart Bars(string kind, params IEnumerable<(double From, double To, double Y, string Text)> bars)
    {
        double ground = Y(Math.Max(0, y.From));
        foreach ((double from, double to, double height, string text) in bars)
        {
            double top = Math.Min(Y(height), ground), bottom = Math.Max(Y(height), ground);
            _marks.Add(El("rect", Class("bar " + kind), Attr("x", Text(X(from) + 0.5)), Attr("y", Text(top)),
                Attr("width", Text(Math.Max(0.5, X(to) - X(from) - 1))), Attr("height", Text(bottom - top)), El("title", text)));
        }
        return this;
    }

    /// <summary>Adds a dashed reference line.</summary>
    public Chart Guide(double fromX, double fromY, double toX, double toY)
    {
        _marks.Add(Segment("guide", X(fromX), Y(fromY), X(toX), Y(toY)));
        return this;
    }

    /// <summary>Names the lines, in the upper right corner.</summary>
    public Chart Legend(params IReadOnlyList<(string Kind, string Text)> lines)
    {
        double left = Width - Right - 24 - 7 * lines.Max(line => line.Text.Length) - 6;
        foreach ((int i, (string kind, string text)) in lines.Index())
        {
            double y = Top + 8 + 16 * i;
            _marks.Add(Segment("line " + kind, left, y, left + 24, y));
            _marks.Add(Label(text, "tick", left + 30, y + 4, "start"));
        }
        return this;
    }

    /// <summary>The chart with its caption.</summary>
    public XElement ToFigure(string caption) => El("figure", Class("chart"),
        El("svg", Attr("viewBox", $"0 0 {Text(Width)} {Text(Height)}"), Attr("role", "img"), Attr("aria-label", $"{title}: {caption}"),
            x.Marks().Select(mark => El(
                "g", Segment("grid", X(mark.Value), Top, X(mark.Value), Height - Bottom),
                Label(mark.Text, "tick", X(mark.Value), Height - Bottom + 16, "middle"))),
            y.Marks().Select(mark => El(
                "g", Segment("grid", Left, Y(mark.Value), Width - Right, Y(mark.Value)),
                Label(mark.Text, "tick", Left - 7, Y(mark.Value) + 4, "end"))),
            _marks,
            Label(x.Label, "axis", (Left + Width - Right) / 2, Height - 6, "middle"),
            El("text", Class("axis"), Attr("text-anchor", "middle"),
                Attr("transform", $"translate(13 {Text((Top + Height - Bottom) / 2)}) rotate(-90)"), y.Label)),
        El("figcaption", El("b", title), " ", caption));

    private static XElement Segment(string kind, double x1, double y1, double x2, double y2) =>
        El("line", Class(kind), Attr("x1", Text(x1)), Attr("y1", Text(y1)), Attr("x2", Text(x2)), Attr("y2", Text(y2)));

    private static XElement Label(string text, string kind, double x, double y, string anchor) =>
        El("text", Class(kind), Attr("x", Text(x)), Attr("y", Text(y)), Attr("text-anchor", anchor), text);

    private double X(double value) => Left + x.At(value) * (Width - Left - Right);

    private double Y(double value) => Height - Bottom - y.At(value) * (Height - Top - Bottom);

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
