using System.Globalization;
using System.Xml.Linq;
using Bert.MLNet.Tests.Cli.Reports;

namespace Bert.MLNet.Tests.Tasks.Explanation;

/// <summary>The pictures as a browser reads them, with texts that mean harm.</summary>
public sealed class ExplanationPictureTests
{
    private const string Evil = "<b>\"a\"</b> & 'c' \u0001 cut off", Shown = "<b>\"a\"</b> & 'c' \uFFFD cut off";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly BertExplanation Explanation = new(Evil, "日本 good", "<label>", 1.25f,
    [
        new("<", 0.5f, 0, 1, 0), new("b", -2, 1, 2, 0), new(">", 0, 2, 3, 0), new("\"", 0.25f, 3, 4, 0),
        new("a", 0.001f, 4, 5, 0),
        new("&", 1, 11, 12, 0), new("\u0001", -0.5f, 17, 18, 0), new("日", 1.5f, 0, 1, 1), new("本", -1, 1, 2, 1), new("good", 2, 3, 7, 1),
    ]);

    [Fact]
    public void A_page_shows_the_whole_texts_and_the_weight_of_each_word()
    {
        XElement page = Page();
        XElement[] texts = [.. page.Descendants("p").Where(text => (string?)text.Attribute("class") == "explained")];
        Assert.Equal([Shown, "日本 good"], texts.Select(text => text.Value));
        XElement[] marks = [.. texts.Elements("mark")];
        Assert.Equal(Explanation.Words.Select(word => word.Word.Replace('\u0001', '\uFFFD')), marks.Select(mark => mark.Value));
        Assert.Equal(
            ["+0.500", "-2.000", "0.000", "+0.250", "+0.001", "+1.000", "-0.500", "+1.500", "-1.000", "+2.000"],
            marks.Select(mark => (string)mark.Attribute("title")!));
        Assert.Equal(
            Explanation.Words.Select(word => word.Weight < 0 ? "against" : "for"), marks.Select(mark => (string)mark.Attribute("class")!));
        Assert.All(marks.Zip(Explanation.Words), pair => Assert.Equal(
            Math.Abs(pair.Second.Weight) / 2,
            double.Parse(((string)pair.First.Attribute("style")!)["--share:".Length..], CultureInfo.InvariantCulture), 0.0006));
        Assert.Equal(" cut off", page.Descendants("span").Single().Value); // what the model did not read
        Assert.Contains("the logit of '<label>', +1.250", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_lists_the_largest_weights_for_those_who_see_no_colors_and_needs_nothing_else()
    {
        XElement page = Page();
        XElement table = page.Descendants("table").Single();
        Assert.NotEmpty(table.Element("caption")!.Value);
        Assert.Equal(Explanation.Words.Count, table.Elements("tr").Count());
        Assert.All(table.Descendants("th"), header => Assert.Equal("row", (string?)header.Attribute("scope")));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_has_bars_of_the_largest_weights_in_the_order_of_the_texts()
    {
        XElement picture = XElement.Parse(Explanation.ToSvg(mostWords: 4));
        Assert.Equal("img", (string?)picture.Attribute("role"));
        Assert.Contains("the logit of '<label>'", picture.Element(Svg + "title")!.Value, StringComparison.Ordinal);
        Assert.Equal(
            ["b", "-2.000", "&", "+1.000", "日", "+1.500", "good", "+2.000"],
            picture.Elements(Svg + "text").Select(text => text.Value));
        (double X, double Width)[] bars = [.. picture.Elements(Svg + "rect").Select(bar => (Number(bar, "x"), Number(bar, "width")))];
        Assert.Equal([160, 80, 120, 160], bars.Select(bar => bar.Width));
        Assert.Equal([bars[1].X - 160, bars[1].X, bars[1].X, bars[1].X], bars.Select(bar => bar.X));
        Assert.Equal(10, XElement.Parse(Explanation.ToSvg()).Elements(Svg + "rect").Count());

        static double Number(XElement bar, string name) => double.Parse((string)bar.Attribute(name)!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Nothing_to_show_is_shown()
    {
        var empty = new BertExplanation("", null, null, 0.5f, []);
        Assert.Empty(XElement.Parse(empty.ToSvg()).Elements(Svg + "rect"));
        Assert.Contains("the similarity, +0.500", empty.ToHtml(), StringComparison.Ordinal);
        var flat = new BertExplanation("a", null, "x", 0, [new("a", 0, 0, 1, 0)]);
        Assert.Contains("--share:0\"", flat.ToHtml(), StringComparison.Ordinal);
        Assert.Equal("mostWords", Assert.Throws<ArgumentOutOfRangeException>(() => flat.ToSvg(0)).ParamName);
    }

    [Fact]
    public void A_character_of_several_words_is_shown_once()
    {
        var emoji = new BertExplanation(
            "so 😀!", null, "x", 0, [new("so", 1, 0, 2, 0), new("😀", 1, 3, 5, 0), new("😀!", 1, 3, 6, 0)]);
        Assert.Equal("so 😀!", Parse(emoji).Descendants("p").Single(text => text.Attribute("dir") is not null).Value);
    }

    private static XElement Page() => Parse(Explanation);

    private static XElement Parse(BertExplanation explanation) => ReportPage.Parse(explanation.ToHtml(), LoadOptions.PreserveWhitespace);
}
