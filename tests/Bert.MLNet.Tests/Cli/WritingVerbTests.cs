using System.Text.Json;
using System.Xml.Linq;
using Bert.MLNet.Tests.Cli.Reports;
using Bert.MLNet.Tests.Generation;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>translation</c> and <c>summarization</c>, and what <c>translate</c> and <c>summarize</c> write with their folders.</summary>
[Collection(UsesTorch.Name)]
public sealed class WritingVerbTests : IDisposable
{
    private static readonly string[] s_words = ["good", "bad", "film", "book", "love", "hate"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_translation_is_trained_resumed_reported_and_used()
    {
        string[] train = ["translation", "--dataset", Table(96), "--model", Encoder(), "--source-col", "en", "--target-col", "de",
            "--target-vocab-size", "60", "--decoder-layers", "1", "--epochs", "2", "--learning-rate", "1e-3", "--num-beams", "2",
            "--max-target-length", "24", "--validation-metric", "bleu", "--precision", "full", "--device", "cpu", "--warm-up", "0.2",
            "--resume", "--json", "--output", _folder["out"], "--name", "toy"];
        ToolRun run = await ToolRun.Of("", train);
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement metrics = run.Lines[^1].GetProperty("metrics");
        Assert.Equal((77, 19), (metrics.GetProperty("Rows").GetInt32(), metrics.GetProperty("TestRows").GetInt32()));
        Assert.StartsWith("nrefs:1|", metrics.GetProperty("BleuSignature").GetString(), StringComparison.Ordinal);
        double[] validated = [.. metrics.GetProperty("Epochs").EnumerateArray().Select(epoch => epoch.GetProperty("BLEU").GetDouble())];
        Assert.Equal(2, validated.Length);
        Assert.Equal(validated.Max(), metrics.GetProperty("Bleu").GetDouble(), 1e-6);
        XElement page = ReportPage.Parse(await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken));
        Assert.Equal(["data", "training", "scores", "best", "worst", "attention", "reproduce"], page.Sections());
        Assert.Equal((10, 10), (page.Rows("best").Length, page.Rows("worst").Length));
        BertModel model = BertModel.FromPretrained(_folder["out", "toy"]);
        Assert.Equal((1, 2, 24), (model.Decoder!.Config.NumHiddenLayers, model.Decoder.Generation.NumBeams,
            model.Decoder.Generation.MaxLength));

        ToolRun again = await ToolRun.Of("", train);
        Assert.Equal(metrics.GetProperty("Chrf").GetDouble(), again.Lines[^1].GetProperty("metrics").GetProperty("Chrf").GetDouble());
        Assert.Equal(model.ContentHash, BertModel.FromPretrained(_folder["out", "toy"]).ContentHash);
        ToolRun used = await ToolRun.Of("", "translate", "--model", _folder["out", "toy"], "--text", "love film");
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> generator = model.CreateTextGenerator();
        Assert.Equal(generator.Predict("love film")[0].Text, Assert.Single(used.Lines).GetProperty("translation").GetString());
        ToolRun predicted = await ToolRun.Of("", "predict", "--model", _folder["out", "toy.zip"], "--text", "love film");
        Assert.Equal(generator.Predict("love film")[0].Text, Assert.Single(predicted.Lines).GetProperty("prediction").GetString());
        Assert.Equal(4, page.Descendants().Count(element => (string?)element.Attribute("class") == "attention"));

        ToolRun evaluated = await ToolRun.Of("", "evaluate", "--model", _folder["out", "toy.zip"], "--dataset", _folder["rows.tsv"]);
        var ml = new MLContext();
        TranslationMetrics expected = ml.MulticlassClassification.EvaluateTranslation(ml.Data.LoadFromEnumerable(
            File.ReadLines(_folder["rows.tsv"]).Skip(1).Select(line => line.Split('\t')).Select(row => new
            {
                Target = row[1], PredictedText = generator.Predict(row[0])[0].Text,
            }).ToArray()));
        Assert.Equal(expected.Bleu.Score, Assert.Single(evaluated.Lines).GetProperty("Bleu").GetDouble(), 1e-6);
        Assert.True(evaluated.Lines[0].TryGetProperty("RougeL", out _));
    }

    [Fact]
    public async Task A_summarization_starts_from_the_encoder_and_is_used_by_summarize()
    {
        string table = Table(40);
        ToolRun run = await ToolRun.Of("", "summarization", "--dataset", table, "--test-dataset", table, "--model", Encoder(),
            "--source-col", "0", "--target-col", "1", "--has-header", "true", "--epochs", "1", "--max-target-length", "16",
            "--freeze-encoder", "--json", "--quiet", "--output", _folder["out"], "--name", "short");
        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement metrics = Assert.Single(run.Lines).GetProperty("metrics");
        BertModel model = BertModel.FromPretrained(_folder["out", "short"]);
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> generator = model.CreateTextGenerator();
        var ml = new MLContext();
        SummarizationMetrics expected = ml.MulticlassClassification.EvaluateSummarization(ml.Data.LoadFromEnumerable(
            File.ReadLines(table).Skip(1).Select(line => line.Split('\t')).Select(row => new
            {
                Target = row[1], PredictedText = generator.Predict(row[0])[0].Text,
            }).ToArray()));
        Assert.Equal(
            new[] { expected.Rouge1, expected.Rouge2, expected.RougeL, expected.RougeLsum }.Select(rouge => rouge.F1Score),
            new[] { "Rouge1", "Rouge2", "RougeL", "RougeLsum" }.Select(name => metrics.GetProperty(name).GetDouble()));
        Assert.Equal(model.Config.NumHiddenLayers, model.Decoder!.Config.NumHiddenLayers);
        ToolRun used = await ToolRun.Of(
            "{\"id\": 7, \"text\": \"love film\"}", "summarize", "--method", "abstractive", "--model", _folder["out", "short"]);
        JsonElement line = Assert.Single(used.Lines);
        Assert.Equal(7, line.GetProperty("id").GetInt32());
        Assert.Equal(JsonValueKind.String, line.GetProperty("summary").ValueKind);
        Assert.False(line.TryGetProperty("sentences", out _));
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(1, 1, "--encoder-layers", "1", "--decoder-layers", "1")]
    [InlineData(2, 4, "--decoder", "checkpoint")]
    [InlineData(4, 4, "--encoder-layers", "4", "--decoder", "shared")]
    public async Task The_embedded_model_reads_with_its_first_two_layers_unless_others_are_asked_for(
        int layers, int decoderLayers, params string[] more)
    {
        string[] decoder = more.Contains("--decoder")
            ? more
            : [.. more, "--target-vocab-size", "40", "--decoder-hidden-size", "32", "--decoder-heads", "2"];
        ToolRun run = await ToolRun.Of("", ["translation", "--dataset", Table(8), "--source-col", "en", "--target-col", "de", "--epochs",
            "1", "--freeze-encoder", "--max-target-length", "8", "--quiet", "--output", _folder["out"], "--name", "toy", .. decoder]);
        Assert.True(run.ExitCode == 0, run.Error);
        BertModel model = BertModel.FromPretrained(_folder["out", "toy"]);
        Assert.Equal((layers, decoderLayers), (model.Config.NumHiddenLayers, model.Decoder!.Config.NumHiddenLayers));
        string name = $"encoder.layer.{layers - 1}.output.dense.weight";
        Assert.Equal(TensorValues.Of(BertModel.Default.Weights![name]), TensorValues.Of(model.Weights![name]));
    }

    [Fact]
    public async Task A_choice_of_sentences_is_learnt_and_used_by_summarize()
    {
        var random = new Random(1);
        File.WriteAllLines(_folder["texts.tsv"], Enumerable.Range(0, 120).Select(row =>
        {
            string[] others = [.. Enumerable.Range(0, 3).Select(_ => $"The {s_words[random.Next(4)]} {s_words[random.Next(4)]}.")];
            others[row % 3] = $"Love the {s_words[random.Next(4)]}.";
            return $"{string.Join(' ', others)}\t{others[row % 3]}";
        }).Prepend("text\tsummary"));
        ToolRun run = await ToolRun.Of("", "summarization", "--method", "extractive", "--sentences", "1", "--dataset",
            _folder["texts.tsv"], "--model", Encoder(), "--source-col", "text", "--target-col", "summary", "--epochs", "12",
            "--batch-size", "8", "--learning-rate", "3e-3", "--json", "--output", _folder["out"], "--name", "picks");
        Assert.True(run.ExitCode == 0, run.Error);
        // One of three sentences is right; two of three share a word or two with it.
        Assert.InRange(run.Lines[^1].GetProperty("metrics").GetProperty("Rouge2").GetDouble(), 0.9, 1);
        ToolRun used = await ToolRun.Of("", "summarize", "--model", _folder["out", "picks"], "--sentences", "1", "--text",
            "The bad film. The book good. Love the film. The bad bad.");
        Assert.Equal("Love the film.", Assert.Single(used.Lines).GetProperty("summary").GetString());
        ToolRun predicted = await ToolRun.Of(
            "", "predict", "--model", _folder["out", "picks.zip"], "--text", "Love the book. The good bad.");
        Assert.Equal("Love the book.", Assert.Single(predicted.Lines).GetProperty("prediction").GetString());
        XElement page = ReportPage.Parse(await File.ReadAllTextAsync(_folder["out", "report.html"], TestContext.Current.CancellationToken));
        Assert.Equal(["data", "training", "scores", "best", "worst", "reproduce"], page.Sections());
    }

    [Fact]
    public async Task Several_translations_of_a_line_are_those_of_the_predictor()
    {
        TinySequences.Model.SavePretrained(_folder["model"]);
        await File.WriteAllLinesAsync(
            _folder["in.jsonl"], ["{\"text\": \"the film is great\"}", "{\"text\": \"\"}"], TestContext.Current.CancellationToken);
        string[] args = ["translate", "--model", _folder["model"], "--num-beams", "3", "--num-return-sequences", "2",
            "--max-target-length", "10", "--dataset", _folder["in.jsonl"]];
        ToolRun run = await ToolRun.Of("", args);
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> generator = TinySequences.Model.CreateTextGenerator(new()
        {
            Generation = new BertGenerationOptions { NumBeams = 3, NumReturnSequences = 2, MaxLength = 10 },
        });
        foreach ((JsonElement line, string text) in run.Lines.Zip(["the film is great", ""]))
        {
            IReadOnlyList<BertGeneratedText> expected = generator.Predict(text);
            JsonElement[] written = [.. line.GetProperty("translations").EnumerateArray()];
            Assert.Equal(expected.Select(one => one.Text), written.Select(one => one.GetProperty("text").GetString()));
            Assert.Equal(expected[0].Text, line.GetProperty("translation").GetString());
            Assert.Equal(expected[0].Score, line.GetProperty("score").GetSingle(), 1e-4f);
        }
        foreach (string[] more in new string[][] { ["--resume"], ["--shard", "1/1"] })
        {
            Assert.Equal(0, (await ToolRun.Of("", [.. args, .. more, "--output", _folder["out.jsonl"]])).ExitCode);
            string file = more.Length == 1 ? _folder["out.jsonl"] : _folder["out-00001-of-00001.jsonl"];
            Assert.Equal(run.Output, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(2, "--decoder-layers requires --decoder random", "translation", "--decoder", "shared", "--decoder-layers", "1")]
    [InlineData(2, "has no decoder. Specify --decoder", "translation", "--decoder", "own")]
    [InlineData(2, "--encoder-layers is 3, but 'encoder' has 2 layers", "translation", "--encoder-layers", "3")]
    [InlineData(2, "--encoder-layers must be at least 1", "summarization", "--encoder-layers", "0")]
    [InlineData(2, "--label-smoothing must be at least 0", "summarization", "--label-smoothing", "1")]
    [InlineData(1, "no column 'fr'", "translation", "--target-col", "fr")]
    [InlineData(1, "has no decoder", "translate")]
    [InlineData(1, "has no decoder", "summarize", "--method", "abstractive")]
    [InlineData(2, "--num-beams requires --method abstractive", "summarize", "--num-beams", "2")]
    [InlineData(2, "--decoder requires --method abstractive", "summarization", "--method", "extractive", "--decoder", "random")]
    [InlineData(2, "--sentences requires --method extractive", "summarization", "--sentences", "2")]
    [InlineData(2, "--position-weight must be from 0 to 1", "summarize", "--position-weight", "2")]
    [InlineData(2, "--share requires --method extractive", "summarize", "--method", "abstractive", "--share", "0.5")]
    public async Task Options_that_do_not_fit_are_refused(int code, string message, string verb, params string[] more)
    {
        string[] columns = verb.EndsWith("ation", StringComparison.Ordinal)
            ? ["--source-col", "en", .. more.Contains("--target-col") ? Array.Empty<string>() : ["--target-col", "de"]]
            : ["--text-col", "en"];
        ToolRun run = await ToolRun.Of(
            "", [verb, "--dataset", Table(10), "--model", Encoder(), .. columns, .. more, "--output", _folder["out"]]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    private string Encoder() => new TinyCheckpoint { Seed = "toy" }.Write(_folder["encoder"]);

    private string Table(int rows)
    {
        var random = new Random(1);
        File.WriteAllLines(_folder["rows.tsv"], Enumerable.Range(0, rows).Select(_ =>
        {
            string[] words = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => s_words[random.Next(s_words.Length)])];
            return $"{string.Join(' ', words)}\t{string.Join(' ', words.Reverse())}";
        }).Prepend("en\tde"));
        return _folder["rows.tsv"];
    }
}
