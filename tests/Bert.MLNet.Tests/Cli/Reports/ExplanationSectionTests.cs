using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Bert.MLNet.Cli.Reports;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli.Reports;

/// <summary>The decisive words in a report, against the explanations of the library.</summary>
public sealed class ExplanationSectionTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Words_of_each_example_are_weighed_for_its_predicted_label()
    {
        BertModel bert = EveryTransformer.Model("BertForSequenceClassification");
        (string Text, string Pair, string Predicted, string Caption)[] examples =
            [("good,good day", "", "positive", "Correct: positive"), ("<i>so bad</i> &", "", "negative", "Wrong: <negative>")];
        XElement section = Read(ExplanationSection.Create(_ml, bert, examples)!);
        Assert.Equal("words", (string?)section.Attribute("id"));
        XElement[] figures = [.. section.Descendants("figure")];
        Assert.Equal(examples.Select(example => example.Caption), figures.Select(figure => figure.Element("figcaption")!.Value));
        Assert.Equal(examples.Select(example => example.Text), figures.Select(figure => figure.Element("p")!.Value));
        foreach ((XElement figure, var example) in figures.Zip(examples))
        {
            using BertExplanationTransformer step = _ml.Transforms.Text
                .ApplyBertExplanation("Words", "Text", bert, label: example.Predicted)
                .Fit(_ml.Data.LoadFromEnumerable([new { example.Text }]));
            BertExplanation explanation = step.Explain([example.Text], cancellationToken: TestContext.Current.CancellationToken)[0];
            Assert.Equal(
                explanation.Words.Select(word => (word.Word, Signed(word.Weight))),
                figure.Descendants("mark").Select(mark => (mark.Value, (string)mark.Attribute("title")!)));
        }
    }

    [Fact]
    public void Pairs_have_two_texts_and_long_texts_are_cut()
    {
        BertModel bert = new TinyCheckpoint { Architecture = "BertForSequenceClassification", MaxPositions = 300 }.Load();
        string text = string.Concat(Enumerable.Repeat("good ", 400));
        XElement section = Read(
            ExplanationSection.Create(_ml, bert, [("so good", "so bad", "neutral", "one"), (text, "a", "neutral", "two")])!);
        Assert.Equal(["so good", "so bad", text, "a"], section.Descendants("p").Where(part => part.Attribute("dir") is not null)
            .Select(part => part.Value));
        Assert.Equal(4 + 128 - 3, section.Descendants("mark").Count());
        Assert.Contains("128 tokens", section.Value, StringComparison.Ordinal);
        Assert.Null(ExplanationSection.Create(_ml, bert, []));
    }

    // As a browser reads it from the page.
    private static XElement Read(XElement section)
    {
        using var stream = new MemoryStream();
        Markup.Write(Markup.El("html", section), stream);
        return ReportPage.Parse(Encoding.UTF8.GetString(stream.ToArray()), LoadOptions.PreserveWhitespace).Element("section")!;
    }

    private static string Signed(float weight) => weight.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);
}
