using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Compares each predicted answer with the correct ones, in one pass over the data.</summary>
internal sealed class QuestionAnsweringEvaluator
{
    private readonly List<Question> _questions = [];

    public static QuestionAnsweringMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelColumnName, string predictedAnswerColumnName, string? noAnswerColumnName)
    {
        DataViewSchema.Column labelColumn =
            OneOrManyColumn.Find(data.Schema, labelColumnName, nameof(labelColumnName), TextDataViewType.Instance);
        DataViewSchema.Column answerColumn =
            OneOrManyColumn.Find(data.Schema, predictedAnswerColumnName, nameof(predictedAnswerColumnName), TextDataViewType.Instance);
        DataViewSchema.Column? noAnswerColumn = noAnswerColumnName is null
            ? null
            : InputColumn.Find(
                data.Schema, noAnswerColumnName, nameof(noAnswerColumnName), "Single", type => type == NumberDataViewType.Single);
        var evaluator = new QuestionAnsweringEvaluator();
        DataViewSchema.Column[] noAnswerColumns = noAnswerColumn is { } column ? [column] : [];
        DataScan.Run(env, data, [labelColumn, answerColumn, .. noAnswerColumns], row =>
        {
            Func<ReadOnlyMemory<char>[]> labels = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, labelColumn);
            Func<ReadOnlyMemory<char>[]> answers = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, answerColumn);
            ValueGetter<float>? getNoAnswer = noAnswerColumn is { } shares ? row.GetGetter<float>(shares) : null;
            float noAnswer = 0;
            return () =>
            {
                getNoAnswer?.Invoke(ref noAnswer);
                if (float.IsNaN(noAnswer))
                    throw new InvalidOperationException(
                        $"Row {row.Position} has no number in column '{noAnswerColumnName}'. " +
                        "Give each question the share of \"no answer\".");
                evaluator.Add(labels(), answers().FirstOrDefault(), noAnswer);
            };
        });
        QuestionAnsweringMetrics metrics = evaluator.Metrics();
        return noAnswerColumn is null ? metrics : evaluator.WithThresholds(metrics);
    }

    /// <summary>Adds a question to the counts.</summary>
    /// <param name="labels">The correct answers; empty or with empty texts if there is none.</param>
    /// <param name="answer">The predicted answer; empty for none.</param>
    /// <param name="noAnswer">The certainty of the prediction that there is no answer.</param>
    public void Add(IReadOnlyList<ReadOnlyMemory<char>> labels, ReadOnlyMemory<char> answer, float noAnswer = 0)
    {
        string[] words = AnswerWords.Of(answer.Span);
        // As in the script, a label that contains only punctuation and articles is ignored. If there is no other label, no answer
        // is correct.
        string[][] right = [.. labels.Select(label => AnswerWords.Of(label.Span)).Where(label => label.Length > 0)];
        if (right.Length == 0)
            right = [[]];
        double exact = right.Any(label => label.SequenceEqual(words)) ? 1 : 0;
        _questions.Add(new(labels.Any(label => !label.IsEmpty), !answer.IsEmpty, exact, right.Max(label => F1(label, words)), noAnswer));
    }

    public QuestionAnsweringMetrics Metrics() => new(
        Scores(_questions),
        Scores(_questions.Where(question => question.HasAnswer)),
        Scores(_questions.Where(question => !question.HasAnswer)));

    private static AnswerScores Scores(IEnumerable<Question> questions) =>
        new(questions.Sum(question => question.Exact), questions.Sum(question => question.F1), questions.LongCount());

    private QuestionAnsweringMetrics WithThresholds(QuestionAnsweringMetrics metrics)
    {
        (double exact, float exactThreshold) = Best(question => question.Exact);
        (double f1, float f1Threshold) = Best(question => question.F1);
        return new(metrics.Overall, metrics.HasAnswer, metrics.NoAnswer)
        {
            BestExactMatch = exact, BestExactMatchThreshold = exactThreshold, BestF1Score = f1, BestF1Threshold = f1Threshold,
        };
    }

    /// <summary>
    /// The script's <c>find_best_thresh</c>. It starts without answers, which is correct for unanswerable questions, and adds answers in
    /// order of certainty.
    /// </summary>
    private (double Score, float Threshold) Best(Func<Question, double> score)
    {
        double sum = _questions.Count(question => !question.HasAnswer), best = sum;
        float threshold = 0;
        foreach (Question question in _questions.OrderBy(question => question.NoAnswer))
        {
            sum += question.HasAnswer ? score(question) : question.IsAnswered ? -1 : 0;
            if (sum > best)
                (best, threshold) = (sum, question.NoAnswer);
        }
        return (best / _questions.Count, threshold);
    }

    private static double F1(string[] label, string[] answer)
    {
        if (label.Length == 0 || answer.Length == 0)
            return label.Length == answer.Length ? 1 : 0;
        Dictionary<string, int> left = label.CountBy(word => word).ToDictionary();
        int common = answer.Count(word => left.TryGetValue(word, out int count) && (left[word] = count - 1) >= 0);
        return 2.0 * common / (label.Length + answer.Length);
    }

    private readonly record struct Question(bool HasAnswer, bool IsAnswered, double Exact, double F1, float NoAnswer);
}
