using System.Text.Json;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.QuestionAnswering;

/// <summary>Questions of SQuAD's JSON and of JSON lines, and where their answers begin.</summary>
public sealed class QuestionFileTests : IDisposable
{
    private const string Context = "The novel was written by Mary Shelley in 1818.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"question": "Who?", "context": "The novel was written by Mary Shelley in 1818.", "answer": "Mary Shelley"}""")]
    [InlineData("""{"question": "Who?", "context": "The novel was written by Mary Shelley in 1818.", "answer": "Mary Shelley", "answer_start": 25}""")]
    [InlineData("""{"question": "Who?", "context": "The novel was written by Mary Shelley in 1818.", "answers": [{"text": "Mary Shelley", "answer_start": 25}, {"text": " "}]}""")]
    [InlineData("""{"question": "Who?", "context": "The novel was written by Mary Shelley in 1818.", "answers": {"text": ["Mary Shelley"], "answer_start": [25]}}""")]
    public void Answers_of_JSON_lines_have_their_places(string line)
    {
        QuestionAnswerRow row = ReadLines(line).Rows.Single();
        Assert.Equal(("Who?", Context), (row.Question, row.Context));
        Assert.Equal(("Mary Shelley", 25), (row.TrainingAnswer.Single(), row.AnswerIndex.Single()));
    }

    /// <summary>"1" stands at both places, so that only the other question tells how the file counts.</summary>
    [Fact]
    public void Places_that_count_code_points_are_converted_alike_and_told()
    {
        const string Emoji = "😀😀 1121 Mary";
        QuestionFile file = ReadSquad(Emoji, ("Which?", "1", 6), ("Who?", "Mary", 8));
        Assert.Equal([8, 10], file.Rows.Select(row => row.AnswerIndex.Single()));
        Assert.Contains("code points", Assert.Single(file.Notes), StringComparison.Ordinal);
        Assert.Equal(10, QuestionAnswerRow.FromAnswer("Who?", Emoji, "Mary", 8).AnswerIndex.Single());

        QuestionFile units = ReadSquad(Emoji, ("Which?", "1", 6), ("Who?", "Mary", 10));
        Assert.Equal([6, 10], units.Rows.Select(row => row.AnswerIndex.Single()));
        Assert.Empty(units.Notes);
    }

    [Fact]
    public void An_answer_that_stands_once_elsewhere_is_taken_from_there_and_told()
    {
        QuestionFile file = ReadSquad(Context, ("Who?", "Mary", 3), ("When?", "1818", -1), ("What?", "novel", 4));
        Assert.Equal([25, 41, 4], file.Rows.Select(row => row.AnswerIndex.Single()));
        Assert.EndsWith("found elsewhere in their contexts: 2", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_whose_place_cannot_be_told_is_named_with_its_question()
    {
        string error = Assert.Throws<InvalidDataException>(() => ReadSquad("a b a", ("1", "b", 2), ("2", "a", 1))).Message;
        Assert.StartsWith($"Question 2 of '{_folder["x.json"]}' has the answer 'a' at 1, where it does not occur", error,
            StringComparison.Ordinal);
        Assert.Contains("Question 1 of", Assert.Throws<InvalidDataException>(() => ReadSquad("a b a", ("1", "c", 2))).Message,
            StringComparison.Ordinal);
        Assert.Contains("'c', which does not occur in its context",
            Assert.Throws<InvalidDataException>(() => QuestionAnswerRow.FromAnswer("1", "a b a", "c")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"context": "a b", "answer": "a"}""", "has no question; it has context, answer")]
    [InlineData("""{"question": "q", "text": "a b", "answer": "a"}""", "has no context; it has question, text, answer")]
    [InlineData("""{"question": "q", "context": "a b", "answers": [{"answer": "a"}]}""", "has an answer without text; it has answer")]
    [InlineData("""{"question": "q", "context": "a b", "answers": {"text": ["a", "b"], "answer_start": [0]}}""", "has 2 texts of answers and 1 positions")]
    [InlineData("""{"question": "q", "context": "a b", "answers": {"text": ["a"]}}""", "has answers without answer_start")]
    public void A_question_that_cannot_be_learnt_is_named_with_its_line(string line, string message)
    {
        string error = Assert.Throws<InvalidDataException>(() => ReadLines("""{"question": "q", "context": "a b", "answer": "a"}""", line)).Message;
        Assert.StartsWith($"Line 2 of '{_folder["x.jsonl"]}' ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_field_of_answers_is_an_error_with_the_fields_that_it_has() =>
        Assert.EndsWith("the first line has question, context, reply.", Assert.Throws<InvalidDataException>(() => ReadLines("""{"question": "q", "context": "a b", "reply": "a"}""")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"data": [{"paragraphs": [{"context": "a", "qas": [{"question": "q"}]}]}]}""", "Question 1 of ", "has no answers")]
    [InlineData("""{"data": [{"paragraphs": [{"qas": []}]}]}""", "A paragraph of ", "has no context; it has qas")]
    [InlineData("""{"data": [{"title": "x"}]}""", "'", "not the format of SQuAD")]
    public void JSON_of_another_form_is_refused(string json, string place, string message)
    {
        File.WriteAllText(_folder["x.json"], json);
        string error = Assert.Throws<InvalidDataException>(() => QuestionAnswerRow.ReadFile(_folder["x.json"])).Message;
        Assert.StartsWith(place, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private QuestionFile ReadLines(params string[] lines)
    {
        File.WriteAllLines(_folder["x.jsonl"], lines);
        return QuestionFile.Read(_folder["x.jsonl"]);
    }

    private QuestionFile ReadSquad(string context, params (string Question, string Answer, int Start)[] questions)
    {
        var qas = questions.Select(
            row => new { question = row.Question, id = "1", answers = new[] { new { text = row.Answer, answer_start = row.Start } } });
        File.WriteAllText(_folder["x.json"],
            JsonSerializer.Serialize(new { data = new[] { new { paragraphs = new[] { new { context, qas } } } } }));
        return QuestionFile.Read(_folder["x.json"]);
    }
}
