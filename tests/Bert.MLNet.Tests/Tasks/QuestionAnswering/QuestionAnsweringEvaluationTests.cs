using Bert.MLNet.Tasks;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.QuestionAnswering;

/// <summary>Expected figures follow from the rules of SQuAD's evaluate-v2.0.py, worked out on paper.</summary>
public class QuestionAnsweringEvaluationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("The Denver Broncos!", "denver broncos")]
    [InlineData("  an\tapple\na   day ", "apple day")]
    [InlineData("the\u00a0cat", "cat")]
    [InlineData("U.S.A.", "usa")]
    [InlineData("$1.2 billion", "12 billion")]
    [InlineData("don't", "dont")]
    [InlineData("a-b a_b", "ab ab")]
    [InlineData("theory of an anthem", "theory of anthem")]
    [InlineData("The–end 24–10", "–end 24–10")]
    [InlineData("½a ©a", "½a ©")]
    [InlineData("a\u0301", "\u0301")]
    [InlineData("ΑΤΟΜ", "ατομ")]
    [InlineData("A", "")]
    [InlineData("...", "")]
    public void Answers_are_normalised_as_the_script_does(string answer, string words) =>
        Assert.Equal(words, string.Join(' ', AnswerWords.Of(answer)));

    [Theory]
    [InlineData("Denver Broncos", "the Denver Broncos.", 1, 1)]
    [InlineData("Denver Broncos", "The Denver Broncos won", 0, 0.8)]
    [InlineData("Santa Clara, California", "Levi's Stadium in Santa Clara", 0, 0.5)]
    [InlineData("to be or not to be", "to be to", 0, 2 / 3.0)]
    [InlineData("b c", "c b", 0, 1)]
    [InlineData("1066", "1067", 0, 0)]
    [InlineData("1066", "", 0, 0)]
    [InlineData("1066", "the", 0, 0)]
    public void One_answer(string label, string prediction, double exact, double f1)
    {
        QuestionAnsweringMetrics metrics = Evaluate(([label], prediction));
        Equal(metrics.Overall, exact, f1, 1);
        Equal(metrics.HasAnswer, exact, f1, 1);
        Equal(metrics.NoAnswer, double.NaN, double.NaN, 0);
    }

    [Fact]
    public void The_nearest_of_several_answers_counts_for_each_figure() =>
        Equal(Evaluate((["in 1066", "14 October 1066", "October 1066"], "October 1066 October")).Overall, 0, 0.8, 1);

    [Fact]
    public void A_label_without_words_does_not_make_no_answer_right_where_there_is_another() =>
        Equal(Evaluate((["...", "1066"], "")).HasAnswer, 0, 0, 1);

    [Theory]
    [InlineData("", 1)]
    [InlineData("The ...", 1)]
    [InlineData("1066", 0)]
    public void Without_an_answer_only_none_is_right(string prediction, double score)
    {
        foreach (string[] labels in new string[][] { [], [""] })
        {
            QuestionAnsweringMetrics metrics = Evaluate((labels, prediction));
            Equal(metrics.NoAnswer, score, score, 1);
            Equal(metrics.HasAnswer, double.NaN, double.NaN, 0);
        }
    }

    [Fact]
    public void Questions_with_and_without_an_answer_are_told_apart()
    {
        QuestionAnsweringMetrics metrics = Evaluate(
            (["Denver Broncos"], "Denver Broncos"), (["Denver Broncos"], "The Denver Broncos won"), (["1066"], ""), ([], ""), ([], "1066"));
        Equal(metrics.HasAnswer, 1 / 3.0, 1.8 / 3, 3);
        Equal(metrics.NoAnswer, 0.5, 0.5, 2);
        Equal(metrics.Overall, 2 / 5.0, 2.8 / 5, 5);
    }

    [Fact]
    public void Text_columns_and_the_first_of_n_best_answers_count_and_nothing_else_is_read()
    {
        var data = new WatchedDataView(_ml.Data.LoadFromEnumerable([
            new { Context = "", TrainingAnswer = "1066", Answer = new[] { "1066", "1067" } },
            new { Context = "", TrainingAnswer = "1066", Answer = new[] { "1067", "1066" } },
            new { Context = "", TrainingAnswer = (string)null!, Answer = Array.Empty<string>() },
        ]));
        QuestionAnsweringMetrics metrics = _ml.MulticlassClassification.EvaluateQuestionAnswering(data);
        Equal(metrics.HasAnswer, 0.5, 0.5, 2);
        Equal(metrics.NoAnswer, 1, 1, 1);
        Assert.Equal(["TrainingAnswer Answer"], data.Cursors);
    }

    [Fact]
    public void Right_predictions_give_one_and_the_order_of_rows_does_not_matter()
    {
        var random = new Random(5);
        string[] words = ["the", "Denver", "Broncos", "won", "50", "."];
        string Draw() => string.Join(' ', random.GetItems(words, random.Next(4)));
        (string[] Labels, string Prediction)[] rows = [.. Enumerable.Range(0, 60).Select(_ => (new[] { Draw(), Draw() }, Draw()))];

        Equal(Evaluate([.. rows.Select(row => (row.Labels, row.Labels.MaxBy(label => AnswerWords.Of(label).Length)!))]).Overall, 1, 1, 60);
        AnswerScores before = Evaluate(rows).Overall;
        Assert.True(before.ExactMatch <= before.F1Score);
        random.Shuffle(rows);
        Equal(Evaluate(rows).Overall, before.ExactMatch, before.F1Score, 60);
    }

    // With no answers at all 2 of 5 are right. In the order of the shares, exact match goes 2, 3 (0.1), 2 (0.2), 2 (0.4), 3 (0.5), 3 (0.9),
    // and F1 2, 3, 2, 2.8, 3.8, 3.8.
    [Fact]
    public void The_best_thresholds_are_those_of_the_script()
    {
        QuestionAnsweringMetrics metrics = EvaluateShares(
            (["Denver Broncos"], "The Denver Broncos won", 0.4f), ([], "1066", 0.2f), (["1066"], "1066", 0.1f), (["1066"], "1066", 0.5f),
            ([], "", 0.9f));
        Assert.Equal((3 / 5.0, 0.1f), (metrics.BestExactMatch, metrics.BestExactMatchThreshold));
        Assert.Equal(3.8 / 5, metrics.BestF1Score, 12);
        Assert.Equal(0.5f, metrics.BestF1Threshold);
        Equal(metrics.Overall, 3 / 5.0, 3.8 / 5, 5);
    }

    // Where no answers at all are best the threshold is 0, and questions of one share count one after the other, as they stand in the data.
    [Fact]
    public void No_answers_at_all_and_equal_shares_are_as_in_the_script()
    {
        QuestionAnsweringMetrics metrics = EvaluateShares(([], "1066", 0.3f), ([], "1066", 0.6f), (["1067"], "1066", 0.7f));
        Assert.Equal((2 / 3.0, 0f), (metrics.BestExactMatch, metrics.BestExactMatchThreshold));
        metrics = EvaluateShares((["1066"], "1066", 0.3f), ([], "1066", 0.3f));
        Assert.Equal((1, 0.3f), (metrics.BestF1Score, metrics.BestF1Threshold));
        metrics = EvaluateShares(([], "1066", 0.3f), (["1066"], "1066", 0.3f));
        Assert.Equal((0.5, 0f), (metrics.BestF1Score, metrics.BestF1Threshold));
    }

    [Fact]
    public void Without_shares_no_threshold_is_sought_and_a_missing_one_is_refused()
    {
        Assert.True(double.IsNaN(Evaluate((["1066"], "1066")).BestF1Score)
            && float.IsNaN(Evaluate((["1066"], "1066")).BestExactMatchThreshold));
        Assert.Contains("Row 1 has no number in column 'NoAnswer'",
            Assert.Throws<InvalidOperationException>(() => EvaluateShares(([], "", 0), ([], "", float.NaN))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new { Text = "", Number = 1f }]);
        Assert.Equal("labelColumnName",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateQuestionAnswering(data, "Nothing", "Text")).ParamName);
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateQuestionAnswering(data, "Text", "Number"));
        Assert.Equal("predictedAnswerColumnName", error.ParamName);
        Assert.Contains("text or a vector of text", error.Message);
    }

    private QuestionAnsweringMetrics Evaluate(params (string[] Labels, string Prediction)[] rows) =>
        _ml.MulticlassClassification.EvaluateQuestionAnswering(
        _ml.Data.LoadFromEnumerable(rows.Select(row => new { Labels = row.Labels, Answer = row.Prediction })), "Labels");

    private QuestionAnsweringMetrics EvaluateShares(params (string[] Labels, string Prediction, float NoAnswer)[] rows) =>
        _ml.MulticlassClassification.EvaluateQuestionAnswering(
        _ml.Data.LoadFromEnumerable(rows.Select(row => new { row.Labels, Answer = row.Prediction, row.NoAnswer })), "Labels",
        noAnswerColumnName: "NoAnswer");

    private static void Equal(AnswerScores actual, double exact, double f1, long count)
    {
        Assert.Equal(exact, actual.ExactMatch, 12);
        Assert.Equal(f1, actual.F1Score, 12);
        Assert.Equal(count, actual.Count);
    }
}
