using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Bert.MLNet.Tests.Cli.Reports;
using Bert.MLNet.Tests.Tasks.QuestionAnswering;
using Bert.MLNet.Tests.Training;

namespace Bert.MLNet.Tests.Cli;

/// <summary>
/// <c>named-entity-recognition</c> and <c>question-answering</c>: from a data set to a model file, its predictions, and its metrics counted
/// again.
/// </summary>
[Collection(UsesTorch.Name)]
public sealed class EntityAndQuestionVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public EntityAndQuestionVerbTests() => _model = new TinyCheckpoint { Seed = "toy" }.Write(_folder["model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Entities_are_learnt_from_words_and_found_in_texts()
    {
        await File.WriteAllLinesAsync(
            _folder["train.conll"], ToyEntities.Sentences(300, seed: 3)
                .SelectMany(row => row.Words.Zip(row.Tags, (word, tag) => $"{word} x {tag}").Prepend("-DOCSTART- x O").Append("")), Token);
        (string[] Words, string[] Tags)[] test = [.. ToyEntities.Sentences(60, seed: 9)];
        await File.WriteAllLinesAsync(
            _folder["test.jsonl"], test.Select(row => JsonSerializer.Serialize(new { tokens = row.Words, tags = row.Tags })), Token);
        ToolRun run = await ToolRun.Of(
            "", "named-entity-recognition", "--dataset", _folder["train.conll"], "--test-dataset", _folder["test.jsonl"],
            "--model", _model, "--epochs", "8", "--learning-rate", "4e-3", "--output", _folder["out"], "--name", "ner");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains("300 texts, CoNLL, entities: LOC (", run.Error, StringComparison.Ordinal);

        NamedEntityRow[] right = [.. test.Select(row => NamedEntityRow.FromTags(row.Words, row.Tags))];
        ToolRun predicted = await ToolRun.Of(
            string.Join('\n', right.Select((row, i) => JsonSerializer.Serialize(new { id = i, text = row.Text }))), "predict", "--model",
            _folder["out", "ner.zip"]);
        long hits = 0, found = 0, labelled = 0, locations = 0, places = 0;
        foreach ((NamedEntityRow row, JsonElement line) in right.Zip(predicted.Lines))
        {
            var spans = row.Types.Zip(row.Starts, row.Ends).ToHashSet();
            foreach (JsonElement entity in line.GetProperty("entities").EnumerateArray())
            {
                (int start, int end) = (entity.GetProperty("start").GetInt32(), entity.GetProperty("end").GetInt32());
                Assert.Equal(row.Text[start..end], entity.GetProperty("text").GetString());
                Assert.InRange(entity.GetProperty("score").GetDouble(), 0, 1);
                hits += spans.Contains((entity.GetProperty("type").GetString()!, start, end)) ? 1 : 0;
                found++;
                (locations, places) = entity.GetProperty("type").GetString() != "LOC"
                    ? (locations, places)
                    : (locations + 1, places + (spans.Contains(("LOC", start, end)) ? 1 : 0));
            }
            labelled += spans.Count;
        }
        double f1 = 2.0 * hits / (found + labelled);
        Assert.InRange(f1, 0.7, 1);
        JsonElement metrics = Assert.Single(
            (await ToolRun.Of("", "evaluate", "--model", _folder["out", "ner.zip"], "--dataset", _folder["test.jsonl"])).Lines);
        Assert.Equal(f1, metrics.GetProperty("F1Score").GetDouble(), 1e-9);
        Assert.Equal((double)hits / found, metrics.GetProperty("Precision").GetDouble(), 1e-9);
        Assert.Equal(f1, JsonElement.Parse(await File.ReadAllTextAsync(_folder["out", "ner.metrics.json"], Token)).GetProperty("F1Score")
            .GetDouble(), 1e-9);

        XElement report = ReportPage.Parse(await File.ReadAllTextAsync(_folder["out", "report.html"], Token));
        Assert.Equal(["data", "training", "baselines", "types", "calibration", "errors", "attention", "reproduce"], report.Sections());
        string[] location = report.Rows("types").Single(row => row[0] == "LOC");
        Assert.Equal(Four((double)places / locations), location[1]);
        Assert.Equal((right.Sum(row => row.Types.Count(type => type == "LOC")), locations),
            (int.Parse(location[4], CultureInfo.InvariantCulture), long.Parse(location[5], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Answers_are_learnt_from_SQuAD_and_found_in_contexts()
    {
        QuestionAnswerTrainerTests.Question[] train = [.. QuestionAnswerTrainerTests.Questions(2000, seed: 3)],
            test = [.. QuestionAnswerTrainerTests.Questions(60, seed: 9)];
        await File.WriteAllTextAsync(_folder["train.json"], JsonSerializer.Serialize(new
        {
            version = "v2.0",
            data = new[]
            {
                new
                {
                    title = "toy",
                    paragraphs = train.Select(row => new
                    {
                        context = row.Context,
                        qas = new[] { new { question = row.Question_, id = "1", is_impossible = row.TrainingAnswer.Length == 0,
                            answers = row.TrainingAnswer.Length == 0
                            ? []
                            : new[] { new { text = row.TrainingAnswer, answer_start = row.AnswerIndex } } } },
                    }),
                },
            },
        }), Token);
        await File.WriteAllLinesAsync(
            _folder["test.tsv"], test.Select(row => $"{row.Question_}\t{row.Context}\t{row.TrainingAnswer}")
                .Prepend("question\tcontext\tanswer"), Token);
        ToolRun run = await ToolRun.Of("", "question-answering", "--dataset", _folder["train.json"], "--test-dataset", _folder["test.tsv"],
            "--model", _model, "--epochs", "10", "--batch-size", "16", "--learning-rate", "4e-3", "--output", _folder["out"], "--name",
            "qa");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Contains($"2000 questions, SQuAD, {train.Count(row => row.TrainingAnswer.Length == 0)} without an answer", run.Error,
            StringComparison.Ordinal);

        ToolRun predicted = await ToolRun.Of(
            string.Join('\n', test.Select(
                (row, i) => JsonSerializer.Serialize(new { id = i, question = row.Question_, context = row.Context }))), "predict",
                    "--model", _folder["out", "qa.zip"]);
        int exact = 0;
        foreach ((QuestionAnswerTrainerTests.Question row, JsonElement line) in test.Zip(predicted.Lines))
        {
            JsonElement best = line.GetProperty("answers")[0];
            Assert.Equal(row.Context[best.GetProperty("start").GetInt32()..best.GetProperty("end").GetInt32()],
                best.GetProperty("text").GetString());
            Assert.InRange(best.GetProperty("score").GetDouble(), 0, 1);
            exact += best.GetProperty("text").GetString() == row.TrainingAnswer ? 1 : 0;
        }
        Assert.True(exact >= 36, $"{exact} of 60 are right. {run.Error}");
        JsonElement metrics = Assert.Single(
            (await ToolRun.Of("", "evaluate", "--model", _folder["out", "qa.zip"], "--dataset", _folder["test.tsv"])).Lines);
        Assert.Equal(exact / 60.0, metrics.GetProperty("ExactMatch").GetDouble(), 1e-9);
        Assert.InRange(metrics.GetProperty("F1Score").GetDouble(), exact / 60.0, 1);

        XElement report = ReportPage.Parse(await File.ReadAllTextAsync(_folder["out", "report.html"], Token));
        Assert.Equal(["data", "training", "baselines", "answers", "calibration", "errors", "attention", "reproduce"], report.Sections());
        Assert.Equal(["all", "60", Four(exact / 60.0), Four(metrics.GetProperty("F1Score").GetDouble())], report.Rows("answers")[0]);
        Assert.Equal(["without", test.Count(row => row.TrainingAnswer.Length == 0).ToString(CultureInfo.InvariantCulture)],
            report.Rows("answers")[2][..2]);
        Assert.Equal(Math.Min(20, 60 - exact), report.Rows("errors").Length);
    }

    [Fact]
    public void Tags_of_words_are_places_in_their_text()
    {
        NamedEntityRow row = NamedEntityRow.FromTags(
            ["Anna", "lives", "in", "New", "York", "."], ["B-PER", "O", "O", "B-LOC", "L-LOC", "O"]);
        Assert.Equal("Anna lives in New York .", row.Text);
        Assert.Equal([("PER", 0, 4), ("LOC", 14, 22)], row.Types.Zip(row.Starts, row.Ends));
    }

    [Theory]
    [InlineData("named-entity-recognition", "{\"words\": [\"a\", \"b\"], \"labels\": [\"O\"]}", "Line 1 of ", "has 2 words and 1 tags")]
    [InlineData("named-entity-recognition", "{\"text\": \"a b\", \"entities\": [{\"type\": \"PER\", \"start\": 2, \"end\": 9}]}",
        "Line 1 of ", "which is not within its text")]
    [InlineData("question-answering", "{\"question\": \"q\", \"context\": \"a b\", \"answer\": \"c\"}", "Line 1 of ",
        "does not occur in its context")]
    [InlineData("question-answering", "{\"context\": \"a b\", \"answer\": \"a\"}", "Line 1 of ", "has no question")]
    public async Task A_row_that_cannot_be_learnt_is_named(string verb, string line, string place, string message)
    {
        await File.WriteAllTextAsync(_folder["train.jsonl"], line, Token);
        ToolRun run = await ToolRun.Of("", verb, "--dataset", _folder["train.jsonl"], "--model", _model);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(place, run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    /// <summary>Nobody on a command line knows of keys, or of columns inside the tool.</summary>
    [Theory]
    [InlineData("x.conll", "the O\nsun O\n\nshines O\n",
        "has no entity in its 2 texts, so there is nothing to learn or evaluate. Each tag in column 1, of 0 to 1, is O.")]
    [InlineData("x.jsonl", "{\"text\": \"a\", \"entities\": []}",
        "has no entity in its one text, so there is nothing to learn or evaluate. Entities are read from words or tokens")]
    [InlineData("x.jsonl", "{\"id\": 1, \"text\": \"a\", \"annotations\": []}", "has no field of entities in any line")]
    [InlineData("x.tsv", "text\tlabels\na b\tO O\n",
        "has no entity in its one text, so there is nothing to learn or evaluate. Each tag in column 'labels' is O.")]
    public async Task Data_without_entities_is_an_error_about_the_data(string name, string content, string message)
    {
        await File.WriteAllTextAsync(_folder[name], content, Token);
        ToolRun run = await ToolRun.Of(
            "", "named-entity-recognition", "--dataset", _folder[name], "--model", _model, "--output", _folder["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_without_entities_that_are_left_to_learn_from_are_told()
    {
        // The one text with an entity is drawn for validation.
        int seed = Enumerable.Range(0, 100).First(seed =>
        {
            int[] rows = [.. Enumerable.Range(0, 8)];
            new Random(seed).Shuffle(rows);
            return Array.IndexOf(rows, 7) < 4;
        });
        await File.WriteAllTextAsync(_folder["x.conll"], string.Concat(Enumerable.Repeat("a O\n\n", 7)) + "h B-PER\n", Token);
        ToolRun run = await ToolRun.Of(
            "", "named-entity-recognition", "--dataset", _folder["x.conll"], "--model", _model, "--output", _folder["out"],
            "--split-ratio", "0.5", "--seed", seed.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("None of the 4 training texts (of 8) has an entity. Lower --split-ratio", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_without_answers_are_an_error_about_the_data()
    {
        await File.WriteAllTextAsync(_folder["x.jsonl"], "{\"question\": \"q\", \"context\": \"a\", \"answer\": \"\"}", Token);
        ToolRun run = await ToolRun.Of(
            "", "question-answering", "--dataset", _folder["x.jsonl"], "--model", _model, "--output", _folder["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("None of the 1 training questions (of 1) has an answer.", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("named-entity-recognition", "--text-col data",
        "--text-col cannot be 'data': the fields of JSON lines with entities have fixed names. Rename it to text, words or tokens in ")]
    [InlineData("named-entity-recognition", "--label-col annotations", "--label-col cannot be 'annotations'")]
    [InlineData("question-answering", "--context-col passage",
        "--context-col cannot be 'passage': the fields of questions in JSON have fixed names. Rename it to context in ")]
    [InlineData("question-answering", "--answer-col reply", "Rename it to answer or answers in ")]
    public async Task Fields_of_fixed_names_are_not_asked_for_by_others(string verb, string options, string message)
    {
        await File.WriteAllTextAsync(
            _folder["x.jsonl"], "{\"text\": \"a\", \"entities\": [], \"question\": \"q\", \"context\": \"a\", \"answer\": \"a\"}", Token);
        ToolRun run = await ToolRun.Of(
            "", [verb, "--dataset", _folder["x.jsonl"], "--model", _model, "--output", _folder["out"], .. options.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    /// <summary>What pandas writes for a column of lists would be learnt as types such as <c>'O']</c>.</summary>
    [Theory]
    [InlineData("text,labels\nAnna sings,\"['B-PER', 'O']\"\n", "labels")]
    [InlineData("text,labels\n\"[\"\"Anna\"\", \"\"sings\"\"]\",B-PER O\n", "text")]
    public async Task Lists_in_cells_are_no_words_and_no_tags(string content, string column)
    {
        await File.WriteAllTextAsync(_folder["x.csv"], content, Token);
        ToolRun run = await ToolRun.Of(
            "", "named-entity-recognition", "--dataset", _folder["x.csv"], "--model", _model, "--output", _folder["out"]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Row 1 of ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"has a list in column '{column}'. Separate words and tags by spaces", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_of_CoNLL_are_counted()
    {
        await File.WriteAllTextAsync(_folder["x.conll"], "Anna B-PER\n", Token);
        ToolRun run = await ToolRun.Of(
            "", "named-entity-recognition", "--dataset", _folder["x.conll"], "--label-col", "tags", "--model", _model, "--output",
            _folder["out"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Set --label-col to a number, counted from 0.", run.Error, StringComparison.Ordinal);
    }

    private static string Four(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
