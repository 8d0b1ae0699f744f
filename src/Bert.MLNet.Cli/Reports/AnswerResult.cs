using Bert.MLNet.Tasks;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Reports;

/// <summary>What a model answers to questions whose answers are known.</summary>
internal sealed record AnswerResult(IReadOnlyList<AnsweredRow> Rows)
{
    /// <summary>Whether answers are right as often as the model says.</summary>
    public Calibration Calibration => new(Rows.Where(row => row.Answer.Length > 0).Select(row => (row.Score, row.Scores.ExactMatch == 1)));

    /// <summary>Reads the predictions of a model of <c>question-answering</c>.</summary>
    public static AnswerResult Read(MLContext ml, IDataView predictions) => new([.. ml.Data.CreateEnumerable<Row>(predictions, reuseRowObject: false).Select(row => new AnsweredRow(
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

/// <summary>A question with its right answers and the best one of a model.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text that may have the answer.</param>
/// <param name="Right">The right answers; none where there is none.</param>
/// <param name="Answer">What the model answers; empty: nothing.</param>
/// <param name="Score">The probability of that answer.</param>
internal sealed record AnsweredRow(string Question, string Context, IReadOnlyList<string> Right, string Answer, float Score)
{
    /// <summary>Exact match and F1 as SQuAD's script has them.</summary>
    public AnswerScores Scores { get; } = Measure(Right, Answer);

    private static AnswerScores Measure(IReadOnlyList<string> right, string answer)
    {
        var evaluator = new QuestionAnsweringEvaluator();
        evaluator.Add([.. right.Select(text => text.AsMemory())], answer.AsMemory());
        return evaluator.Metrics().Overall;
    }
}
