using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Bert.MLNet.Cli.Reports;

/// <summary>Creates HTML and SVG as trees, which escape all data.</summary>
internal static class Markup
{
    private static readonly string[] s_void = ["meta", "br", "col"];

    public static XElement El(string name, params object?[] content) => new(name, content);

    public static XAttribute Attr(string name, string value) => new(name, value);

    public static XAttribute Class(string names) => new("class", names);

    /// <summary>Creates a table with a caption and a header; the first cell of each row is the row header.</summary>
    public static XElement Table(string caption, IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows, string kind = "") =>
        El("div", Class("scroll"),
        El("table", Class(kind),
            El("caption", caption),
            El("thead", El("tr", columns.Select(column => El("th", Attr("scope", "col"), column)))),
            El("tbody", rows.Select(row =>
                El("tr", row.Zip(columns).Select((cell, i) => Cell(cell.First, cell.Second, isFirst: i == 0)))))));

    /// <summary>Creates a cell that names its column for narrow screens, which show rows as blocks.</summary>
    private static XElement Cell(object? content, string column, bool isFirst) =>
        isFirst ? El("th", Attr("scope", "row"), Attr("dir", "auto"), content)
        : content is XElement { Name.LocalName: "td" } cell ? cell
        : El("td", Attr("data-column", column), content);

    /// <summary>Creates an element for a text from the data, which can run from right to left.</summary>
    public static XElement Words(string text, int most = 600) =>
        El("span", Class("words"), Attr("dir", "auto"), text.Length > most ? text[..most] + " …" : text);

    public static string Percent(double share) => double.IsNaN(share) ? "–" : share.ToString("P1", CultureInfo.InvariantCulture);

    public static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("F4", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>Writes an HTML page that is also well-formed XML.</summary>
    public static void Write(XElement page, Stream stream)
    {
        foreach (XElement element in page.DescendantsAndSelf())
        {
            // HTML does not support <td/>.
            if (element.IsEmpty && !s_void.Contains(element.Name.LocalName))
                element.Value = "";
            foreach (XAttribute attribute in element.Attributes())
                attribute.Value = Clean(attribute.Value);
        }
        foreach (XText text in page.DescendantNodes().OfType<XText>())
            text.Value = Clean(text.Value);
        stream.Write("<!DOCTYPE html>\n"u8);
        using XmlWriter writer = XmlWriter.Create(
            stream, new XmlWriterSettings
            {
                OmitXmlDeclaration = true,
                Indent = true,
                IndentChars = "",
                Encoding = new UTF8Encoding(false),
            });
        page.Save(writer);
    }

    /// <summary>Replaces characters that are not allowed in a page, such as control characters and lone surrogates, by U+FFFD.</summary>
    private static string Clean(string text)
    {
        if (text.All(c => XmlConvert.IsXmlChar(c)))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            clean.Append(rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "\uFFFD");
        return clean.ToString();
    }
}
