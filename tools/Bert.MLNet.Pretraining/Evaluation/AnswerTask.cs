using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>
/// The piece of a paragraph that answers a question: XQuAD's English part, which is a small test set, and a quarter of SQuAD's training
/// set. Four of five articles are used for training.
/// </summary>
internal sealed class AnswerTask : FineTuningTask
{
    private const int MaxAnswerLength = 30;

    private readonly (Question[] Train, Question[] Test)[] _splits;

    public AnswerTask(string path, int? rows) =>
        _splits = Few([.. RandomSplits(Read(path)).Select(split => (Questions(split.Train), Questions(split.Test)))], rows);

    public override int Splits => _splits.Length;

    public override int TrainRows => _splits[0].Train.Length;

    public override IReadOnlyList<(string Name, double Value)> Measure(FineTuningSettings settings, int split)
    {
        if (settings.Model is null)
            throw new NotSupportedException("N-grams cannot find answers in a text, so questions do not have this baseline.");
        MLContext ml = settings.ML;
        QuestionAnswerTrainer.Options options = settings.Common(new QuestionAnswerTrainer.Options { MaxAnswerLength = MaxAnswerLength });
        using var fitted = ml.MulticlassClassification.Trainers.QuestionAnswer(options)
            .Fit(ml.Data.LoadFromEnumerable(_splits[split].Train));
        QuestionAnsweringMetrics metrics =
            ml.MulticlassClassification.EvaluateQuestionAnswering(fitted.Transform(ml.Data.LoadFromEnumerable(_splits[split].Test)));
        return [("F1", 100 * metrics.Overall.F1Score), ("exact match", 100 * metrics.Overall.ExactMatch)];
    }

    private static Question[] Questions(IEnumerable<Question[]> articles) => [.. articles.SelectMany(questions => questions)];

    /// <summary>Reads the questions of each article, in the format of SQuAD v1.1.</summary>
    private static Question[][] Read(string path)
    {
        using Stream file = DataLines.Open(path);
        using JsonDocument json = JsonDocument.Parse(file);
        return
        [
            .. json.RootElement.GetProperty("data").EnumerateArray().Select(article => article.GetProperty("paragraphs").EnumerateArray()
                .SelectMany(paragraph => paragraph.GetProperty("qas").EnumerateArray().Select(question =>
                {
                    JsonElement answer = question.GetProperty("answers")[0];
                    return new Question
                    {
                        Context = paragraph.GetProperty("context").GetString()!,
                        Text = question.GetProperty("question").GetString()!,
                        TrainingAnswer = answer.GetProperty("text").GetString()!,
                        AnswerIndex = answer.GetProperty("answer_start").GetInt32(),
                    };
                })).ToArray()),
        ];
    }

    private sealed class Question
    {
        public string Context { get; set; } = "";

        [ColumnName("Question")]
        public string Text { get; set; } = "";

        public string TrainingAnswer { get; set; } = "";

        public int AnswerIndex { get; set; }
    }
}
