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

    /// <summary>Draws a map with its tokens beside and above it.</summary>
    public static XElement Labelled(IReadOnlyList<string> tokens, IReadOnlyList<float[]> rows)
    {
        string[] labels = [.. tokens.Select(Printable)];
        int margin = 16 + labels.Max(Width), size = Cell * labels.Length;
        float most = Most(rows);
        var map = Image(margin + size + margin, margin + size + 34);
        map.Add(new XAttribute("font-family", "system-ui, sans-serif"), new XAttribute("font-size", 12));
        for (int i = 0; i < labels.Length; i++)
        {
            double middle = margin + (i + 0.5) * Cell;
            map.Add(new XElement(Svg + "text", Number("x", margin - 6), Number("y", middle + 4), new XAttribute("text-anchor", "end"),
                labels[i]));
            map.Add(new XElement(Svg + "text",
                new XAttribute("transform",
                string.Create(CultureInfo.InvariantCulture, $"translate({middle + 4},{margin - 6}) rotate(-60)")), labels[i]));
        }
        for (int query = 0; query < labels.Length; query++)
        {
            for (int key = 0; key < labels.Length; key++)
            {
                float share = rows[query][key];
                map.Add(new XElement(Svg + "rect",
                    Number("x", margin + key * Cell), Number("y", margin + query * Cell), Number("width", Cell - 1),
                    Number("height", Cell - 1),
                    new XAttribute("fill", Ink), Number("fill-opacity", Math.Round(share / most, 3)),
                    new XElement(Svg + "title",
                        string.Create(CultureInfo.InvariantCulture, $"{labels[query]} attends to {labels[key]}: {share:P1}"))));
            }
        }
        map.Add(new XElement(Svg + "rect", Number("x", margin - 0.5), Number("y", margin - 0.5), Number("width", size),
            Number("height", size), new XAttribute("fill", "none"), new XAttribute("stroke", "#ccc")));
        map.Add(new XElement(Svg + "text", Number("x", margin), Number("y", margin + size + 22), new XAttribute("fill", "#666"),
            string.Create(CultureInfo.InvariantCulture, $"white 0 %, blue {most:P0}")));
        return map;
    }

    public static string Page(BertAttention attention)
    {
        int last = attention.NumberOfLayers - 1;
        var heads = new XElement(
            "div", new XAttribute("class", "heads"),
            new XAttribute("style", $"grid-template-columns: repeat({attention.NumberOfHeads}, max-content)"));
        for (int layer = 0; layer <= last; layer++)
        {
            for (int head = 0; head < attention.NumberOfHeads; head++)
                heads.Add(new XElement("figure", Small(attention.Mean(layer, head)),
                    new XElement("figcaption", $"layer {layer}, head {head}")));
        }
        return Picture.Page("Attention", Style,
            new XElement("p", Printable(string.Join(' ', attention.Tokens))),
            new XElement("h2", $"Layer {last}, mean of all heads"),
            new XElement("p", "Each row shows how one token distributes its attention over all tokens. Hover over a cell to see its " +
                "value."),
            Labelled(attention.Tokens, attention.Mean(last)),
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
            for (int key = 0; key < rows.Count; key++)
            {
                int shade = (int)Math.Round(rows[query][key] / most * Shades);
                (shades[shade] ??= new())
                    .Append(CultureInfo.InvariantCulture, $"M{key * SmallCell} {query * SmallCell}h{SmallCell}v{SmallCell}h-{SmallCell}z");
            }
        }
        int size = rows.Count * SmallCell;
        XElement map = Image(size + 2, size + 2);
        map.Add(new XElement(Svg + "rect", Number("x", 0.5), Number("y", 0.5), Number("width", size + 1), Number("height", size + 1),
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
