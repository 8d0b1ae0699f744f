using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static Bert.MLNet.Attention.Picture;

namespace Bert.MLNet.Attention;

/// <summary>Draws attention. The color of a cell ranges from white at 0 to blue at the highest probability in its map.</summary>
internal static class AttentionHeatMap
{
    private const int Cell = 20;
    private const int SmallCell = 5;
    private const int Shades = 12;

    private const string Style = """
        body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }
        .heads { display: grid; gap: 10px; overflow-x: auto; justify-content: start }
        figure { margin: 0 } figcaption { color: #666; font-size: 11px }
        svg { max-width: none } p { max-width: 60em }
        """;

    /// <summary>Draws a map with the tokens of its rows beside it and those of its columns above it.</summary>
    public static XElement Labelled(IReadOnlyList<string> queries, IReadOnlyList<string> keys, IReadOnlyList<float[]> rows)
    {
        string[] beside = [.. queries.Select(Printable)], above = [.. keys.Select(Printable)];
        int left = 16 + beside.Max(Width), top = 16 + above.Max(Width), width = Cell * above.Length, height = Cell * beside.Length;
        float most = Most(rows);
        var map = Image(left + width + top, top + height + 34);
        map.Add(new XAttribute("font-family", "system-ui, sans-serif"), new XAttribute("font-size", 12));
        for (int i = 0; i < beside.Length; i++)
            map.Add(new XElement(Svg + "text", Number("x", left - 6), Number("y", top + (i + 0.5) * Cell + 4),
                new XAttribute("text-anchor", "end"), beside[i]));
        for (int i = 0; i < above.Length; i++)
            map.Add(new XElement(Svg + "text", new XAttribute("transform",
                string.Create(CultureInfo.InvariantCulture, $"translate({left + (i + 0.5) * Cell + 4},{top - 6}) rotate(-60)")), above[i]));
        for (int query = 0; query < beside.Length; query++)
        {
            for (int key = 0; key < above.Length; key++)
            {
                float share = rows[query][key];
                map.Add(new XElement(Svg + "rect",
                    Number("x", left + key * Cell), Number("y", top + query * Cell), Number("width", Cell - 1), Number("height", Cell - 1),
                    new XAttribute("fill", Ink), Number("fill-opacity", Math.Round(share / most, 3)),
                    new XElement(Svg + "title",
                        string.Create(CultureInfo.InvariantCulture, $"{beside[query]} attends to {above[key]}: {share:P1}"))));
            }
        }
        map.Add(new XElement(Svg + "rect", Number("x", left - 0.5), Number("y", top - 0.5), Number("width", width),
            Number("height", height), new XAttribute("fill", "none"), new XAttribute("stroke", "#ccc")));
        map.Add(new XElement(Svg + "text", Number("x", left), Number("y", top + height + 22), new XAttribute("fill", "#666"),
            string.Create(CultureInfo.InvariantCulture, $"white 0 %, blue {most:P0}")));
        return map;
    }

    /// <summary>Creates a page with a large map of the last layer and a small one for every head.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="attention">The attention.</param>
    /// <param name="explanation">What a row of a map shows.</param>
    /// <param name="texts">The tokens of the texts.</param>
    public static string Page(string title, AttentionValues attention, string explanation, IEnumerable<string> texts)
    {
        int last = attention.Layers - 1;
        var heads = new XElement(
            "div", new XAttribute("class", "heads"),
            new XAttribute("style", $"grid-template-columns: repeat({attention.Heads}, max-content)"));
        for (int layer = 0; layer <= last; layer++)
        {
            for (int head = 0; head < attention.Heads; head++)
                heads.Add(new XElement("figure", Small(attention.Mean(layer, head)),
                    new XElement("figcaption", $"layer {layer}, head {head}")));
        }
        return Picture.Page(title, Style,
            texts.Select(text => new XElement("p", Printable(text))),
            new XElement("h2", $"Layer {last}, mean of all heads"),
            new XElement("p", explanation + " Hover over a cell to see its value."),
            Labelled(attention.Queries, attention.Keys, attention.Mean(last, null)),
            new XElement("h2", "Every head"),
            new XElement("p", "Rows and columns are as above, with a line of maps for each layer, the first at the top. Blue is the " +
                "highest probability in a map."),
            heads);
    }

    /// <summary>Draws a map without tokens. Cells of one shade are a single path, because a page has hundreds of maps.</summary>
    private static XElement Small(IReadOnlyList<float[]> rows)
    {
        float most = Most(rows);
        var shades = new StringBuilder?[Shades + 1];
        for (int query = 0; query < rows.Count; query++)
        {
            for (int key = 0; key < rows[query].Length; key++)
            {
                int shade = (int)Math.Round(rows[query][key] / most * Shades);
                (shades[shade] ??= new())
                    .Append(CultureInfo.InvariantCulture, $"M{key * SmallCell} {query * SmallCell}h{SmallCell}v{SmallCell}h-{SmallCell}z");
            }
        }
        int width = rows[0].Length * SmallCell, height = rows.Count * SmallCell;
        XElement map = Image(width + 2, height + 2);
        map.Add(new XElement(Svg + "rect", Number("x", 0.5), Number("y", 0.5), Number("width", width + 1), Number("height", height + 1),
            new XAttribute("fill", "none"), new XAttribute("stroke", "#ccc")));
        for (int shade = 1; shade <= Shades; shade++)
        {
            if (shades[shade] is { } path)
                map.Add(new XElement(Svg + "path", new XAttribute("transform", "translate(1,1)"), new XAttribute("fill", Ink),
                    Number("fill-opacity", Math.Round(shade / (double)Shades, 3)), new XAttribute("d", path)));
        }
        return map;
    }

    private static float Most(IReadOnlyList<float[]> rows) => rows.Max(row => row.Max());
}
