using System.Text.Json;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>zero-shot</c> against the formulas of HuggingFace's pipeline on the logits of plain loops.</summary>
public sealed class ZeroShotTests : IDisposable
{
    private static readonly string[] s_labels = ["film", "good phone", "price"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Lines_get_the_best_label_and_the_scores_of_all(bool multiLabel)
    {
        string path = Checkpoint("contradiction", "neutral", "entailment");
        ToolRun run = await ToolRun.Of("""
            {"id": 1, "text": "the movie was great"}
            {"id": 2, "text": ""}
            """, ["zero-shot", "--model", path, "--labels", "film, good phone,price", "--hypothesis-template", "it is a {} .",
                .. multiLabel ? new[] { "--multi-label" } : []]);
        Assert.Equal(0, run.ExitCode);
        var plain = new PlainBert(BertModel.FromPretrained(path));
        foreach ((string text, JsonElement line) in new[] { "the movie was great", "" }.Zip(run.Lines))
        {
            double[][] logits = [.. s_labels.Select(label =>
            {
                BertEncoding row = BertModel.FromPretrained(path).Tokenizer.Encode(text, $"it is a {label} .");
                return plain.SequenceLogits([.. row.Ids], [.. row.TypeIds]);
            })];
            double[] expected = multiLabel
                ? [.. logits.Select(row => 1 / (1 + Math.Exp(row[0] - row[2])))]
                : [.. logits.Select(row => Math.Exp(row[2]) / logits.Sum(other => Math.Exp(other[2])))];
            Assert.Equal(s_labels, line.GetProperty("scores").EnumerateObject().Select(score => score.Name));
            Assert.All(s_labels.Zip(expected), pair =>
                Assert.Equal(pair.Second, line.GetProperty("scores").GetProperty(pair.First).GetDouble(), 1e-5));
            Assert.Equal(s_labels[Array.IndexOf(expected, expected.Max())], line.GetProperty("label").GetString());
        }
    }

    [Fact]
    public async Task What_is_missing_is_told()
    {
        string path = Checkpoint("no", "yes");
        ToolRun noLabels = await ToolRun.Of("{}", "zero-shot", "--model", path, "--labels", " , ");
        Assert.Equal(2, noLabels.ExitCode);
        Assert.Contains("--labels must be one label or several", noLabels.Error, StringComparison.Ordinal);
        ToolRun noHead = await ToolRun.Of("{}", "zero-shot", "--model", new TinyCheckpoint().Write(_folder["plain"]), "--labels", "a");
        Assert.Equal(1, noHead.ExitCode);
        Assert.Contains("'plain' has no head for this", noHead.Error, StringComparison.Ordinal);
    }

    private string Checkpoint(params string[] labels) =>
        new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = labels }.Write(_folder["nli"]);
}
