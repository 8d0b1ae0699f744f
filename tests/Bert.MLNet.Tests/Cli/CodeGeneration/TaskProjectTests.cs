using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Tests.Tasks.QuestionAnswering;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Parquet.Serialization;
using Question = Bert.MLNet.Tests.Tasks.QuestionAnswering.QuestionAnswerTrainerTests.Question;

namespace Bert.MLNet.Tests.Cli.CodeGeneration;

/// <summary>
/// Projects of entities and answers, from each form of their data sets: they build, predict and measure as the tool, and train its model.
/// </summary>
[Collection(UsesTorch.Name)]
public sealed class TaskProjectTests : IDisposable
{
    private readonly GeneratedProject _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_project_of_entities_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        (string[] Words, string[] Tags)[] rows = [.. ToyEntities.Sentences(300, seed: 3)];
        WriteEntities("train.conll", rows);
        await _folder.Train("named-entity-recognition", "--dataset", _folder["train.conll"], "--name", "ner", "--epochs", "8",
            "--learning-rate", "4e-3");
        string text = string.Join(' ', rows.First(row => row.Tags.Any(tag => tag != "O")).Words);
        JsonElement[] expected = [
            .. (await ToolRun.Of("", "predict", "--model", _folder["out", "ner.zip"], "--text", text)).Lines.Single()
                .GetProperty("entities").EnumerateArray()];
        string[] lines = _folder.Build("ner.csproj", text);
        Assert.NotEmpty(expected);
        Assert.Equal($"Text: {text}", lines[0]);
        Assert.Equal(expected.Select(entity => string.Create(CultureInfo.InvariantCulture,
            $"{entity.GetProperty("type")}: {entity.GetProperty("text")} (from {entity.GetProperty("start")} to " +
            $"{entity.GetProperty("end")}, {entity.GetProperty("score").GetSingle()})")), lines[1..]);
        await _folder.Measures("ner", "train.conll");
    }

    [Fact]
    public async Task A_project_of_answers_in_Parquet_builds_runs_and_predicts_and_measures_as_the_tool()
    {
        Question[] rows = [.. QuestionAnswerTrainerTests.Questions(60, seed: 3)];
        await ParquetSerializer.SerializeAsync(
            rows.Select(row => new Answered { question = row.Question_, context = row.Context,
                answer = row.TrainingAnswer is "" ? null : row.TrainingAnswer, place = row.AnswerIndex }), _folder["train.parquet"],
                cancellationToken: TestContext.Current.CancellationToken);
        await _folder.Train("question-answering", "--dataset", _folder["train.parquet"], "--answer-start-col", "place", "--name", "answers",
            "--epochs", "2", "--top-k", "2");
        (string question, string context) = (rows[0].Question_, rows[0].Context);
        JsonElement[] expected = [
            .. (await ToolRun.Of("", "predict", "--model", _folder["out", "answers.zip"], "--text", question, "--pair", context))
                .Lines.Single().GetProperty("answers").EnumerateArray()];
        string[] lines = _folder.Build("answers.csproj", question, context);
        Assert.Equal(2, expected.Length);
        Assert.Equal([$"Question: {question}", $"Context: {context}"], lines[..2]);
        Assert.Equal(expected.Select(answer => string.Create(CultureInfo.InvariantCulture,
            $"Answer: {answer.GetProperty("text")} (from {answer.GetProperty("start")} to {answer.GetProperty("end")}, " +
            $"{answer.GetProperty("score").GetSingle()})")), lines[2..]);
        await _folder.Measures("answers", "train.parquet", "--answer-start-col", "place");
    }

    [Theory]
    [InlineData("train.conll")]
    [InlineData("words.jsonl")]
    [InlineData("texts.jsonl")]
    [InlineData("train.tsv")]
    public async Task Code_of_entities_trains_the_model_that_the_tool_trained(string file)
    {
        (string[] Words, string[] Tags)[] rows = [.. ToyEntities.Sentences(60, seed: 3)];
        WriteEntities(file, rows);
        await _folder.Train("named-entity-recognition", "--dataset", _folder[file], "--name", "ner", "--epochs", "2");
        _folder.TrainAgain("Ner_ConsoleApp.Ner", _folder["again.zip"], _folder[file]);
        await GeneratedProject.SameAnswers(
            string.Join('\n', rows.Take(20).Select(row => JsonSerializer.Serialize(new { text = string.Join(' ', row.Words) }))),
            _folder["out", "ner.zip"], _folder["again.zip"]);
    }

    [Theory]
    [InlineData("squad.json")]
    [InlineData("answer.jsonl")]
    [InlineData("lists.jsonl")]
    [InlineData("train.csv")]
    public async Task Code_of_answers_trains_the_model_that_the_tool_trained(string file)
    {
        Question[] rows = [.. QuestionAnswerTrainerTests.Questions(40, seed: 3)];
        WriteQuestions(file, rows);
        await _folder.Train("question-answering", "--dataset", _folder[file], "--name", "qa", "--epochs", "2");
        _folder.TrainAgain("Qa_ConsoleApp.Qa", _folder["again.zip"], _folder[file]);
        await GeneratedProject.SameAnswers(
            string.Join('\n', rows.Take(20)
                .Select(row => JsonSerializer.Serialize(new { question = row.Question_, context = row.Context }))),
                _folder["out", "qa.zip"], _folder["again.zip"]);
    }

    [Theory]
    [InlineData("translation", "--num-beams", "2", "--target-vocab-size", "40", "--decoder-layers", "1", "--max-target-length", "12",
        "--warm-up", "0.3", "--dropout", "0.1")]
    [InlineData("summarization", "--num-beams", "2", "--max-target-length", "12", "--no-repeat-ngram-size", "2", "--freeze-encoder",
        "true", "--validation-metric", "rouge-l", "--encoder-layers", "1")]
    [InlineData("summarization", "--method", "extractive", "--sentences", "1", "--tokens-per-batch", "256")]
    public async Task Code_of_written_texts_trains_the_model_that_the_tool_trained(string verb, params string[] options)
    {
        string[] words = ["good", "bad", "film", "book", "love", "hate"];
        File.WriteAllLines(_folder["train.tsv"], Enumerable.Range(0, 60)
            .Select(i => $"{words[i % 6]}. {words[i / 6 % 6]}\t{words[i / 6 % 6]} the {words[i % 6]}").Prepend("en\tde"));
        await _folder.Train([verb, "--dataset", _folder["train.tsv"], "--source-col", "en", "--target-col", "de", "--name", "writer",
            "--epochs", "2", "--learning-rate", "1e-3", .. options]);
        _folder.TrainAgain("Writer_ConsoleApp.Writer", _folder["again.zip"], _folder["train.tsv"]);
        string[] zips = [_folder["out", "writer.zip"], _folder["again.zip"]];
        await GeneratedProject.SameAnswers(
            string.Join('\n', words.Select(word => JsonSerializer.Serialize(new { text = word + ". film" }))), zips[0], zips[1]);
        Assert.Single(zips.Select(Weights).Distinct());

        static string Weights(string zip)
        {
            using var model = (BertTransformer)new MLContext().Model.LoadFromFile(zip, out _);
            return model.Model.ContentHash;
        }
    }

    private void WriteEntities(string file, (string[] Words, string[] Tags)[] rows) => File.WriteAllLines(_folder[file], file switch
    {
        "words.jsonl" => rows.Select(row => JsonSerializer.Serialize(new { tokens = row.Words, ner_tags = row.Tags })),
        "texts.jsonl" => rows.Select(row => NamedEntityRow.FromTags(row.Words, row.Tags)).Select(row =>
            JsonSerializer.Serialize(
                new { text = row.Text, entities = row.Types.Zip(row.Starts, row.Ends)
                    .Select(entity => new { type = entity.First, start = entity.Second, end = entity.Third }) })),
        "train.tsv" => rows.Select(row => $"{string.Join(' ', row.Tags)}\t{string.Join(' ', row.Words)}").Prepend("labels\ttext"),
        _ => rows.SelectMany(row => row.Words.Zip(row.Tags, (word, tag) => $"{word} x {tag}").Prepend("-DOCSTART- x O").Append("")),
    });

    private void WriteQuestions(string file, Question[] rows) => File.WriteAllLines(_folder[file], file switch
    {
        "answer.jsonl" =>
            rows.Select(row => JsonSerializer.Serialize(
                new { question = row.Question_, context = row.Context, answer = row.TrainingAnswer, answer_start = row.AnswerIndex })),
        "lists.jsonl" =>
            rows.Select(row => JsonSerializer.Serialize(
                new { question = row.Question_, context = row.Context,
                    answers = new { text = Answers(row, row.TrainingAnswer), answer_start = Answers(row, row.AnswerIndex) } })),
        "train.csv" => rows.Select(row => $"\"{row.Context}\",{row.TrainingAnswer},{row.Question_}").Prepend("context,answer,question"),
        _ =>
        [
            JsonSerializer.Serialize(new
            {
                data = new[]
                {
                    new
                    {
                        paragraphs = rows.Select(row => new
                        {
                            context = row.Context,
                            qas = new[] { new { question = row.Question_,
                                answers = Answers(row, new { text = row.TrainingAnswer, answer_start = row.AnswerIndex }) } },
                        }),
                    },
                },
            }),
        ],
    });

    private static T[] Answers<T>(Question row, T answer) => row.TrainingAnswer.Length > 0 ? [answer] : [];

    // Named as the columns are.
#pragma warning disable IDE1006
    private sealed class Answered
    {
        public string question { get; set; } = "";

        public string context { get; set; } = "";

        public string? answer { get; set; }

        public int place { get; set; }
    }
}
