using System.Globalization;
using System.Xml.Linq;
using Bert.MLNet.Attention;

namespace Bert.MLNet.Tasks;

/// <summary>
/// Draws the weights of words: as bars, and as shades of the texts. Words that raise the score are blue with a solid line, words that lower
/// it are orange with a dotted line.
/// </summary>
internal static class ExplanationPicture
{
    private const int Row = 22, Bar = 160, LongestLabel = 24, WordsOfPage = 30;
    private const string Against = "#b2540c";

    private const string Style = """
        body { font: 16px/1.7 system-ui, sans-serif; margin: 2em; max-width: 50em; color: #222; background: #fff }
        .explained { white-space: pre-wrap; overflow-wrap: anywhere }
        .explained mark { color: inherit; border-radius: .2em; padding: .1em 0 }
        .explained .for { background: rgb(11 79 158 / calc(.5 * var(--share))); text-decoration: underline solid #0b4f9e 2px }
        .explained .against { background: rgb(178 84 12 / calc(.5 * var(--share))); text-decoration: underline dotted #b2540c 2px }
        .unread { color: #666 }
        table { border-collapse: collapse } caption { text-align: left; color: #666 }
        th, td { padding: 0 1em 0 0; text-align: left; font-weight: normal }
        """;

    /// <summary>Draws a bar for each of the words with the largest weights, in the order of the texts.</summary>
    public static XElement Bars(BertExplanation explanation, int mostWords)
    {
        BertWordWeight[] words = Largest(explanation, mostWords);
        string[] labels = [.. words.Select(word => Picture.Printable(Shortened(word.Word)))];
        int margin = 16 + labels.Select(Picture.Width).DefaultIfEmpty().Max(), middle = margin + Bar;
        float most = Most(explanation);
        XElement image = Picture.Image(middle + Bar + 70, Math.Max(Row, Row * words.Length));
        image.Add(new XAttribute("font-family", "system-ui, sans-serif"), new XAttribute("font-size", 12),
            new XElement(Picture.Svg + "title", Picture.Printable($"Weights of words in {Score(explanation)}")));
        for (int i = 0; i < words.Length; i++)
        {
            double length = Math.Round(Bar * Math.Abs(words[i].Weight) / most, 2), top = Row * i;
            image.Add(
                new XElement(Picture.Svg + "text", Picture.Number("x", margin - 6), Picture.Number("y", top + 15),
                    new XAttribute("text-anchor", "end"), labels[i]),
                new XElement(Picture.Svg + "rect", Picture.Number("x", words[i].Weight < 0 ? middle - length : middle),
                    Picture.Number("y", top + 3), Picture.Number("width", length), Picture.Number("height", Row - 6),
                    new XAttribute("fill", words[i].Weight < 0 ? Against : Picture.Ink)),
                new XElement(Picture.Svg + "text", Picture.Number("x", middle + Bar + 8), Picture.Number("y", top + 15),
                    Number(words[i].Weight)));
        }
        image.Add(new XElement(Picture.Svg + "path", new XAttribute("d", $"M{middle} 0v{Math.Max(Row, Row * words.Length)}"),
            new XAttribute("stroke", "#666")));
        return image;
    }

    /// <summary>Creates a page with the shaded texts and the largest weights.</summary>
    public static string Page(BertExplanation explanation) => Picture.Page("Explanation", Style,
        new XElement("p", Picture.Printable($"The words decided about {Score(explanation)}. ") +
            "Words with a solid line raise it, words with a dotted line lower it. The darker a word, the larger its weight; hover over " +
            "it to see its value."),
        Texts(explanation),
        new XElement("table", new XElement("caption", "The words with the largest weights, in the order of the text"),
            Largest(explanation, WordsOfPage).Select(word => new XElement("tr",
                new XElement("th", new XAttribute("scope", "row"), Picture.Printable(word.Word)),
                new XElement("td", Number(word.Weight))))));

    /// <summary>Creates a paragraph for each text with its words shaded.</summary>
    public static IEnumerable<XElement> Texts(BertExplanation explanation)
    {
        float most = Most(explanation);
        string[] texts = explanation.Pair is { } pair ? [explanation.Text, pair] : [explanation.Text];
        return texts.Select((text, id) => Shaded(text, [.. explanation.Words.Where(word => word.SequenceId == id)], most));
    }

    /// <summary>Formats a weight or score with its sign.</summary>
    private static string Number(float value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static XElement Shaded(string text, BertWordWeight[] words, float most)
    {
        var paragraph = new XElement("p", new XAttribute("class", "explained"), new XAttribute("dir", "auto"));
        int end = 0;
        foreach (BertWordWeight word in words)
        {
            // Characters of which each token is a part are shown once.
            int start = Math.Max(word.Start, end);
            paragraph.Add(Between(text[end..start], isUnread: end == 0), new XElement("mark",
                new XAttribute("class", word.Weight < 0 ? "against" : "for"),
                new XAttribute("style", string.Create(CultureInfo.InvariantCulture, $"--share:{Math.Abs(word.Weight) / most:0.###}")),
                new XAttribute("title", Number(word.Weight)), Picture.Printable(text[start..Math.Max(start, word.End)])));
            end = Math.Max(start, word.End);
        }
        paragraph.Add(Between(text[end..], isUnread: true));
        return paragraph;
    }

    // Before the first word and after the last, only what was cut off is not whitespace.
    private static object Between(string text, bool isUnread) => isUnread && !string.IsNullOrWhiteSpace(text)
        ? new XElement("span", new XAttribute("class", "unread"), new XAttribute("title", "The model does not read this part."),
            Picture.Printable(text))
        : new XText(Picture.Printable(text));

    private static BertWordWeight[] Largest(BertExplanation explanation, int count) =>
    [
        .. explanation.Words.Index().OrderByDescending(word => Math.Abs(word.Item.Weight)).Take(count).OrderBy(word => word.Index)
            .Select(word => word.Item),
    ];

    // A weight of 0 must not be divided by 0.
    private static float Most(BertExplanation explanation) =>
        explanation.Words.Select(word => Math.Abs(word.Weight)).Append(float.Epsilon).Max();

    private static string Shortened(string word) => word.Length > LongestLabel ? word[..LongestLabel] + "…" : word;

    private static string Score(BertExplanation explanation) => explanation.Label is { } label
        ? $"the logit of '{label}', {Number(explanation.Score)}"
        : $"the similarity, {Number(explanation.Score)}";
}
