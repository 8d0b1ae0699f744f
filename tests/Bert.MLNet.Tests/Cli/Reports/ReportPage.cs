using System.Xml.Linq;

namespace Bert.MLNet.Tests.Cli.Reports;

/// <summary>What a browser finds in a report.</summary>
internal static class ReportPage
{
    private const string Doctype = "<!DOCTYPE html>\n";

    /// <summary>The page; on request with whitespace between elements, which a browser shows between words.</summary>
    public static XElement Parse(string html, LoadOptions options = LoadOptions.None)
    {
        Assert.StartsWith(Doctype, html, StringComparison.Ordinal);
        return XElement.Parse(html[Doctype.Length..], options);
    }

    public static string[] Sections(this XElement page) =>
        [.. page.Descendants("section").Select(section => (string)section.Attribute("id")!)];

    /// <summary>The cells of the first table of a section; none where it has no table.</summary>
    public static string[][] Rows(this XElement page, string section) =>
        [.. page.Descendants("section").Single(one => (string?)one.Attribute("id") == section).Descendants("tbody").Take(1).Elements("tr")
            .Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
}
