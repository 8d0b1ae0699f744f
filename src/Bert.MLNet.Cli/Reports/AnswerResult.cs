using Bert.MLNet.Tasks;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Reports;

/// <summary>A model's answers to questions with known answers.</summary>
internal sealed record AnswerResult(IReadOnlyList<AnsweredRow> Rows)
{
    /// <summary>The calibration of the answers' probabilities.</summary>
    public Calibration Calibration => new(Rows.Where(row => row.Answer.Length > 0).Select(row => (row.Score, row.Scores.ExactMatch == 1)));

    /// <summary>Reads the predictions of a model of <c>question-answering</c>.</summary>
    public static AnswerResult Read(MLContext ml, IDataView predictions) =>
        new([.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false).Select(row => new AnsweredRow(
        row.Question, row.Context, row.TrainingAnswer, row.Answer.FirstOrDefault(""), row.Score.FirstOrDefault()))]);

    private sealed class Row
    {
        public string Question { get; set; } = "";

        public string Context { get; set; } = "";

        public string[] TrainingAnswer { get; set; } = [];

        public string[] Answer { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}

/// <summary>A question with its correct answers and a model's best answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text that may contain the answer.</param>
/// <param name="Right">The correct answers; empty if there are none.</param>
/// <param name="Answer">The model's answer; empty for no answer.</param>
/// <param name="Score">The probability of that answer.</param>
internal sealed record AnsweredRow(string Question, string Context, IReadOnlyList<string> Right, string Answer, float Score)
{
    /// <summary>Exact match and F1 as in SQuAD's script.</summary>
    public AnswerScores Scores { get; } = Measure(Right, Answer);

    private static AnswerScores Measure(IReadOnlyList<string> right, string answer)
    {
        var evaluator = new QuestionAnsweringEvaluator();
        evaluator.Add([.. right.Select(text => text.AsMemory())], answer.AsMemory());
        return evaluator.Metrics().Overall;
    }
}
