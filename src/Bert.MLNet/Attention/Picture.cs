using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Bert.MLNet.Attention;

/// <summary>Elements of pictures in SVG and HTML.</summary>
internal static class Picture
{
    /// <summary>The color of the highest value.</summary>
    public const string Ink = "#0b4f9e";

    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Creates an empty image.</summary>
    public static XElement Image(int width, int height) => new(Svg + "svg",
        Number("width", width), Number("height", height), new XAttribute("viewBox", $"0 0 {width} {height}"),
        new XAttribute("role", "img"));

    public static XAttribute Number(string name, double value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Creates a page that needs no other file.</summary>
    public static string Page(string title, string style, params object?[] content) => "<!DOCTYPE html>\n" + new XElement("html",
        new XAttribute("lang", "en"),
        new XElement("head", new XElement("meta", new XAttribute("charset", "utf-8")), new XElement("title", title),
            new XElement("style", style)),
        new XElement("body", new XElement("h1", title), content)).ToString(SaveOptions.DisableFormatting) + "\n";

    /// <summary>The approximate width of a label in pixels; characters of wide scripts are squares.</summary>
    public static int Width(string label) => label.EnumerateRunes().Sum(rune => rune.Value < 0x1100 ? 8 : 13);

    /// <summary>Replaces characters that XML does not allow by U+FFFD.</summary>
    public static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString()));
}
