using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>question-answering</c>.</summary>
internal static class QuestionAnsweringCode
{
    private static readonly CodeColumn[] s_texts = [new("Question", "Question", "string"), new("Context", "Context", "string")];

    /// <param name="settings">How the model was trained.</param>
    /// <param name="topK">How many answers it gives, at most.</param>
    /// <param name="sample">A question and its context.</param>
    public static ModelCode Create(TrainingSettings settings, int topK, params IReadOnlyList<string> sample) => new()
    {
        Scenario = "QuestionAnswering",
        Trainer = "QuestionAnswer",
        MetricName = "F1Score",
        Labels = [new("TrainingAnswer", "TrainingAnswer", "string[]"), new("AnswerIndex", "AnswerIndex", "int[]")],
        Texts = s_texts,
        Outputs = [.. s_texts, new("Answer", "Answer", "string[]"), new("Score", "Score", "float[]"), new("AnswerStart", "AnswerStart", "int[]"), new("AnswerEnd", "AnswerEnd", "int[]")],
        RowOfCells = $"Row(cells[^2], cells[^1], [(cells[0], {(settings.Source.Labels > 1 ? "cells[1].Length > 0 ? int.Parse(cells[1], CultureInfo.InvariantCulture) : null" : "null")})])",
        Rows = form => form switch
        {
            SourceForm.Squad => "ReadQuestions(inputDataFilePath)",
            SourceForm.JsonLines => DataLoading.RowsOfLines,
            _ => null,
        },
        Readers = form => form switch
        {
            SourceForm.Squad => Squad + "\n" + Row,
            SourceForm.JsonLines => Line + "\n" + Row,
            _ => Row,
        },
        Pipeline = $$"""
            {{(settings.HasValidationSet ? "        IDataView validation = LoadIDataViewFromFile(mlContext, ValidationFilePath);\n" : "")}}        var options = new QuestionAnswerTrainer.Options
                    {
            {{Pipelines.Options(settings, $"TopKAnswers = {CSharp.Literal(topK)},")}}
                    };
                    return mlContext.MulticlassClassification.Trainers.QuestionAnswer(bert, options);
            """,
        Metrics = "QuestionAnsweringMetrics",
        Evaluation = "mlContext.MulticlassClassification.EvaluateQuestionAnswering(predictions)",
        MetricsShown = ["Overall.ExactMatch", "Overall.F1Score"],
        Show = """
            for (int i = 0; i < output.Answer.Length; i++)
                Console.WriteLine(FormattableString.Invariant($"Answer: {output.Answer[i]} (from {output.AnswerStart[i]} to {output.AnswerEnd[i]}, {output.Score[i]})"));
            """,
        Sample = sample,
    };

    private const string Squad = """
            private static IEnumerable<ModelInput> ReadQuestions(string path)
            {
                using FileStream stream = File.OpenRead(path);
                using JsonDocument document = JsonDocument.Parse(stream);
                foreach (JsonElement article in document.RootElement.GetProperty("data").EnumerateArray())
                {
                    foreach (JsonElement paragraph in article.GetProperty("paragraphs").EnumerateArray())
                    {
                        foreach (JsonElement question in paragraph.GetProperty("qas").EnumerateArray())
                        {
                            yield return Row(question.GetProperty("question").GetString()!, paragraph.GetProperty("context").GetString()!,
                                question.GetProperty("answers").EnumerateArray().Select(answer => (answer.GetProperty("text").GetString()!, (int?)answer.GetProperty("answer_start").GetInt32())));
                        }
                    }
                }
            }

        """;

    private const string Line = """
            /// <summary>A row with an answer, a list of them, or lists of their texts and places.</summary>
            private static ModelInput OfLine(JsonElement row)
            {
                (string question, string context) = (row.GetProperty("question").GetString()!, row.GetProperty("context").GetString()!);
                JsonElement given = Field(row, "answers") ?? Field(row, "answer") ?? default;
                if (given.ValueKind == JsonValueKind.String)
                    return Row(question, context, [(given.GetString()!, Start(row))]);
                JsonElement[] answers = given.ValueKind switch
                {
                    JsonValueKind.Array => [.. given.EnumerateArray()],
                    JsonValueKind.Object => [given],
                    _ => [],
                };
                if (answers is [var lists] && Field(lists, "text") is { ValueKind: JsonValueKind.Array } texts)
                    return Row(question, context, texts.EnumerateArray().Zip(lists.GetProperty("answer_start").EnumerateArray(), (text, start) => (text.GetString()!, (int?)start.GetInt32())));
                return Row(question, context, answers.Select(answer => (Field(answer, "text")?.GetString() ?? "", Start(answer))));
            }

            private static int? Start(JsonElement row) => Field(row, "answer_start")?.GetInt32();

            private static JsonElement? Field(JsonElement row, string name) =>
                row.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

        """;

    private const string Row = """
            /// <summary>A row with its right answers; one without a place is taken where it first stands in the context.</summary>
            private static ModelInput Row(string question, string context, IEnumerable<(string Text, int? Start)> answers)
            {
                (string Text, int? Start)[] right = [.. answers.Where(answer => answer.Text.Length > 0)];
                return new ModelInput
                {
                    Question = question,
                    Context = context,
                    TrainingAnswer = [.. right.Select(answer => answer.Text)],
                    AnswerIndex = [.. right.Select(answer => answer.Start ?? context.IndexOf(answer.Text, StringComparison.Ordinal))],
                };
            }

        """;
}
