using System.Text;
using System.Xml.Linq;
using Bert.MLNet.Cli.Reports;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli.Reports;

/// <summary>The page as a browser reads it, with data that means harm.</summary>
public sealed class ReportTests
{
    private const string Evil = "</td><script src=\"https://example.org/x.js\">alert('1') & \u0001\ud83d\"</script>";

    private const string Shown = "</td><script src=\"https://example.org/x.js\">alert('1') & \uFFFD\uFFFD\"</script>";

    [Fact]
    public void What_comes_from_data_is_text_and_stays_text()
    {
        XElement page = Page();
        Assert.Empty(page.Descendants("script"));
        Assert.Contains(page.Descendants("span").Where(span => (string?)span.Attribute("class") == "words"), span => span.Value == Shown);
        Assert.Contains(page.Descendants("th"), header => header.Value == Shown);
        Assert.Equal(Shown, page.Descendants("h1").Single().Value);
    }

    [Fact]
    public void A_page_asks_for_nothing_from_elsewhere()
    {
        XElement page = Page();
        Assert.All(page.DescendantsAndSelf().Attributes(), attribute => Assert.False(
            attribute.Name.LocalName is "src" or "srcset"
                or "data" || attribute.Name.LocalName is "href" && !attribute.Value.StartsWith('#'), attribute.ToString()));
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "link" or "img" or "iframe" or "object" or "use"
            or "image");
        string style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("url(", style);
        Assert.DoesNotContain("@import", style);
        // In HTML the text of a style is taken as it stands.
        Assert.DoesNotContain(style, c => c is '<' or '>' or '&');
    }

    [Fact]
    public void Sections_are_reached_tables_have_captions_and_pictures_have_names()
    {
        XElement page = Page();
        string[] sections = page.Sections();
        Assert.Equal(["data", "training", "confusion", "classes", "calibration", "errors", "attention", "reproduce"], sections);
        Assert.Equal(sections.Select(id => "#" + id),
            page.Descendants("nav").Single().Elements("a").Select(link => (string)link.Attribute("href")!));
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Element("caption")!.Value));
        Assert.All(page.Descendants("svg"),
            picture => Assert.Equal(("img", true),
            ((string?)picture.Attribute("role"), ((string)picture.Attribute("aria-label")!).Length > 0)));
        Assert.Contains("bert-mlnet text-classification", page.Descendants("pre").Single().Value);
    }

    [Fact]
    public void The_matrix_shows_the_counts_and_the_curves_every_epoch()
    {
        XElement page = Page();
        XElement[] cells = [.. page.Descendants("table").Single(table => (string?)table.Attribute("class") == "matrix")
            .Element("tbody")!.Descendants("td")];
        Assert.Equal(["1", "1", "0", "1"], cells.Select(cell => cell.Nodes().OfType<XText>().First().Value.Trim()));
        XElement loss = page.Descendants("figure")
            .Single(figure => figure.Element("figcaption")!.Value.StartsWith("Loss", StringComparison.Ordinal));
        Assert.Equal(["1: 0.7", "2: 0.5", "3: 0.6"], loss.Descendants("circle").Select(dot => dot.Value));
        Assert.Contains("epoch 2", page.Descendants("section").ElementAt(1).Value);
    }

    [Fact]
    public void The_validation_loss_is_a_dashed_line_beside_the_training_loss_with_a_legend()
    {
        TrainingHistory history = new();
        foreach ((int epoch, double validated) in new[] { (1, 0.9), (2, double.NaN), (3, 0.8) })
            history.Report(Progress(epoch, epoch * 10, 0.5, 0.7) with { ValidationLoss = validated });
        var report = new TrainingReport("x", "x", "fine-tune", new TinyCheckpoint().Load(), "x", TimeSpan.Zero, [], history);
        XElement loss = TrainingSection.Create(report).Descendants("figure").First();
        Assert.Equal(["1: 0.9", "3: 0.8"], loss.Descendants("circle")
            .Where(dot => ((string)dot.Attribute("class")!).Contains("second", StringComparison.Ordinal)).Select(dot => dot.Value));
        Assert.Equal(["training", "validation"], loss.Descendants("text")
            .Where(text => (string?)text.Attribute("text-anchor") == "start").Select(text => text.Value));
        Assert.Contains("dashed", loss.Element("figcaption")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_of_few_updates_is_joined_with_the_one_before()
    {
        var report = new TrainingReport("x", "x", "fine-tune", new TinyCheckpoint().Load(), "x", TimeSpan.Zero, [], History(
            [.. Enumerable.Range(1, 50).Select(step => (1, (long)step, step % 2 == 0 ? 0.5 : 1.5, (double?)null)),
                .. Enumerable.Range(51, 60).Select(step => (2, (long)step, step <= 100 ? 2.0 : 8.0, step == 110 ? 0.5 : (double?)null))]));
        // (50 · 2 + 10 · 8) / 60
        Assert.Equal(["1: 1", "2: 3"],
            TrainingSection.Create(report).Descendants("figure").First().Descendants("circle").Select(dot => dot.Value));
    }

    [Fact]
    public void A_training_that_ended_before_any_report_of_many_updates_has_its_loss()
    {
        var report = new TrainingReport(
            "x", "x", "fine-tune", new TinyCheckpoint().Load(), "x", TimeSpan.Zero, [], History((1, 1, 3.0, null), (1, 2, 1.0, null)));
        XElement section = TrainingSection.Create(report);
        Assert.StartsWith("2 updates in ", section.Element("p")!.Value, StringComparison.Ordinal);
        Assert.Equal(["1: 2"], section.Descendants("circle").Select(dot => dot.Value));
    }

    [Fact]
    public void A_training_that_ended_before_it_had_learnt_anything_says_so()
    {
        Assert.StartsWith("Training ended after 1 update, before an epoch was validated",
            History((1, 1, 3.0, null)).Shortfall(validates: false), StringComparison.Ordinal);
        Assert.StartsWith("Training ended after 7 updates, before an epoch", History((1, 7, 3.0, null)).Shortfall(validates: true),
            StringComparison.Ordinal);
        Assert.Null(History((1, 7, 3.0, null)).Shortfall(validates: false));
        Assert.Null(History((1, 1, 3.0, 0.5)).Shortfall(validates: true));
        var report = new TrainingReport(
            "x", "x", "fine-tune", new TinyCheckpoint().Load(), "x", TimeSpan.Zero, [new("validation", [])], History((1, 7, 3.0, null)));
        Assert.Contains("the model has learnt little or nothing", TrainingSection.Create(report).Value, StringComparison.Ordinal);
    }

    private static TrainingHistory History(params (int Epoch, long Step, double Loss, double? Metric)[] reports)
    {
        var history = new TrainingHistory();
        foreach ((int epoch, long step, double loss, double? metric) in reports)
            history.Report(Progress(epoch, step, loss, metric));
        return history;
    }

    private static TrainingProgress Progress(int epoch, long step, double loss, double? metric) => new()
    {
        Epoch = epoch,
        Step = step,
        Done = epoch / 5.0,
        Loss = loss,
        LearningRate = 1e-4,
        MetricName = "MicroAccuracy",
        Metric = metric,
        RowsPerSecond = 1,
        EstimatedTimeRemaining = TimeSpan.Zero,
    };

    private static XElement Page()
    {
        BertModel bert = new TinyCheckpoint().Load();
        ClassifiedRow[] rows = [new("good day", "", 0, 0, [0.9f, 0.1f]), new(Evil, "", 0, 1, [0.2f, 0.8f]),
            new("bad day", "", 1, 1, [0.3f, 0.7f])];
        var result = new ClassificationResult([Evil, "other"], rows);
        DataRow[] data = [new(Evil, "", Evil), new("bad day", "", "other")];
        var report = new TrainingReport(
            Evil, "text-classification", "fine-tune", bert, "bert-mlnet text-classification --dataset x", TimeSpan.FromSeconds(3),
            [new("learning", data), new("test", data)],
            History((1, 10, 0.7, 0.5), (2, 20, 0.5, 0.9), (3, 30, 0.6, 0.9)));
        XElement page = report.ToPage(
            [("Accuracy", "66.7 %")],
            [.. ClassificationSections.Create(result),
            AttentionSection.Create(new MLContext(1), bert, [(Evil, "", Evil), ("good day", "", "right")])]);
        using var stream = new MemoryStream();
        Markup.Write(page, stream);
        return ReportPage.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
