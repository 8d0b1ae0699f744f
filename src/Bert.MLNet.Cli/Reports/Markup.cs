using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Bert.MLNet.Cli.Reports;

/// <summary>HTML and SVG as trees, which escape whatever comes from data.</summary>
internal static class Markup
{
    private static readonly string[] s_void = ["meta", "br", "col"];

    public static XElement El(string name, params object?[] content) => new(name, content);

    public static XAttribute Attr(string name, string value) => new(name, value);

    public static XAttribute Class(string names) => new("class", names);

    /// <summary>A table with a caption, a header, and rows whose first cell is their header.</summary>
    public static XElement Table(string caption, IReadOnlyList<string> columns, IEnumerable<IEnumerable<object?>> rows, string kind = "") => El("div", Class("scroll"),
        El("table", Class(kind),
            El("caption", caption),
            El("thead", El("tr", columns.Select(column => El("th", Attr("scope", "col"), column)))),
            El("tbody", rows.Select(row => El("tr", row.Zip(columns).Select((cell, i) => Cell(cell.First, cell.Second, isFirst: i == 0)))))));

    /// <summary>A cell, which where rows stand as blocks says what its column is.</summary>
    private static XElement Cell(object? content, string column, bool isFirst) =>
        isFirst ? El("th", Attr("scope", "row"), Attr("dir", "auto"), content)
        : content is XElement { Name.LocalName: "td" } cell ? cell
        : El("td", Attr("data-column", column), content);

    /// <summary>A text of the data, which may run from right to left.</summary>
    public static XElement Words(string text, int most = 600) => El("span", Class("words"), Attr("dir", "auto"), text.Length > most ? text[..most] + " …" : text);

    public static string Percent(double share) => double.IsNaN(share) ? "–" : share.ToString("P1", CultureInfo.InvariantCulture);

    public static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("F4", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>Writes a page of HTML, which is well-formed XML, too.</summary>
    public static void Write(XElement page, Stream stream)
    {
        foreach (XElement element in page.DescendantsAndSelf())
        {
            // HTML knows no <td/>.
            if (element.IsEmpty && !s_void.Contains(element.Name.LocalName))
                element.Value = "";
            foreach (XAttribute attribute in element.Attributes())
                attribute.Value = Clean(attribute.Value);
        }
        foreach (XText text in page.DescendantNodes().OfType<XText>())
            text.Value = Clean(text.Value);
        stream.Write("<!DOCTYPE html>\n"u8);
        using XmlWriter writer = XmlWriter.Create(stream, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = "", Encoding = new UTF8Encoding(false) });
        page.Save(writer);
    }

    /// <summary>Puts U+FFFD for what may not stand in a page: control characters, and halves of surrogate pairs.</summary>
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
