using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>question-answering</c>.</summary>
internal static class QuestionAnsweringCode
{
    private static readonly CodeColumn[] s_texts = [new("Question", "Question", "string"), new("Context", "Context", "string")];

    /// <param name="settings">How the model was trained.</param>
    /// <param name="topK">The maximum number of answers.</param>
    /// <param name="sample">A question and its context.</param>
    public static ModelCode Create(TrainingSettings settings, int topK, params IReadOnlyList<string> sample) => new()
    {
        Scenario = "QuestionAnswering",
        Trainer = "QuestionAnswer",
        MetricName = "F1Score",
        Labels = [new("TrainingAnswer", "TrainingAnswer", "string[]"), new("AnswerIndex", "AnswerIndex", "int[]")],
        Texts = s_texts,
        Outputs = [.. s_texts, new("Answer", "Answer", "string[]"), new("Score", "Score", "float[]"),
            new("AnswerStart", "AnswerStart", "int[]"), new("AnswerEnd", "AnswerEnd", "int[]")],
        RowOfCells = "InputOf(QuestionAnswerRow.FromAnswer(cells[^2], cells[^1], " +
            $"cells[0]{(settings.Source.Labels > 1 ? ", cells[1].Length > 0 ? int.Parse(cells[1], CultureInfo.InvariantCulture) : null" : "")}))",
        Rows = form => form is SourceForm.Squad or SourceForm.JsonLines
            ? "from row in QuestionAnswerRow.ReadFile(inputDataFilePath)\n        select InputOf(row)"
            : null,
        Readers = _ => Input,
        Pipeline = $$"""
            {{(settings.HasValidationSet ? "        IDataView validation = LoadIDataViewFromFile(mlContext, ValidationFilePath);\n" : "")}}        var options = new QuestionAnswerTrainer.Options
                    {
            {{Pipelines.Options(settings, $"TopKAnswers = {CSharp.Literal(topK)},")}}
                    };
                    return mlContext.MulticlassClassification.Trainers.QuestionAnswer(options);
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

    private const string Input = """
            private static ModelInput InputOf(QuestionAnswerRow row) => new() { Question = row.Question, Context = row.Context, TrainingAnswer = row.TrainingAnswer, AnswerIndex = row.AnswerIndex };

        """;
}
