using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>Experiments of tasks that only trainings of checkpoints solve.</summary>
[Collection(UsesTorch.Name)]
public sealed class TrainedTaskExperimentTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entities_by_tags_or_positions_are_measured_as_ML_NET_s_evaluator_does_beside_none(bool positions)
    {
        IDataView train = Entities(24, 3), test = Entities(24, 9);
        var settings = new NamedEntityRecognitionExperimentSettings
        {
            Models = [s_model],
            LabelColumnName = positions ? "TypeKeys" : "TagKeys",
            LabelStartsColumnName = positions ? "Starts" : null,
            LabelEndsColumnName = positions ? "Ends" : null,
        };
        using BertExperimentResult result = _ml.BertAuto().CreateNamedEntityRecognitionExperiment(settings).Execute(train, test);
        Assert.All(result.RunDetails, run => Assert.Null(run.Exception));
        Assert.Equal(0, Assert.Single(result.Baselines).Metric);
        Assert.True(result.IsTrainedOnAllRows); // the validation rows are separate
        IDataView predictions = result.Model.Transform(test);
        NamedEntityMetrics expected = positions
            ? _ml.MulticlassClassification.EvaluateNamedEntitySpans(predictions, "TypeKeys", "Starts", "Ends")
            : _ml.MulticlassClassification.EvaluateNamedEntities(predictions, "TagKeys");
        Assert.Equal(expected.Micro.F1Score, result.BestRun.Metric!.Value, 1e-9);
        Assert.Equal(expected.Micro.Precision, result.BestRun.Metrics["Precision"], 1e-9);
        Assert.InRange(expected.Micro.F1Score, 0.3, 1);
    }

    [Fact]
    public void Answers_are_measured_as_SQuAD_s_script_does_beside_none()
    {
        IDataView train = Questions(24, 3), test = Questions(24, 9);
        using BertExperimentResult result = _ml.BertAuto()
            .CreateQuestionAnsweringExperiment(new QuestionAnsweringExperimentSettings { Models = [s_model] }).Execute(train, test);
        Assert.All(result.RunDetails, run => Assert.Null(run.Exception));
        Assert.Equal(0, Assert.Single(result.Baselines).Metric); // each question has an answer
        QuestionAnsweringMetrics expected = _ml.MulticlassClassification.EvaluateQuestionAnswering(result.Model.Transform(test));
        Assert.Equal(expected.Overall.F1Score, result.BestRun.Metric!.Value, 1e-9);
        Assert.Equal(expected.Overall.ExactMatch, result.BestRun.Metrics["ExactMatch"], 1e-9);
    }

    [Fact]
    public void Rows_without_entities_or_answers_alone_are_refused()
    {
        IDataView none = _ml.Data.LoadFromEnumerable(
            [new Question { Context = "a", TrainingAnswer = "" }, new Question { Context = "b", TrainingAnswer = "" }]);
        Assert.Contains("'TrainingAnswer'", Assert.Throws<InvalidOperationException>(
            () => _ml.BertAuto().CreateQuestionAnsweringExperiment(new QuestionAnsweringExperimentSettings { Models = [s_model] })
                .Execute(none)).Message, StringComparison.Ordinal);
        Assert.Contains("LabelEndsColumnName", Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.BertAuto().CreateNamedEntityRecognitionExperiment(
                new NamedEntityRecognitionExperimentSettings { LabelStartsColumnName = "Starts" })).Message, StringComparison.Ordinal);
    }

    /// <summary>Good and bad words are entities of these types.</summary>
    private IDataView Entities(int count, int seed)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Select(row => Row(row.Text)).ToArray());
        foreach ((string keys, string types) in new[] { ("TagKeys", "Tags"), ("TypeKeys", "Types") })
            rows = _ml.Transforms.Conversion.MapValueToKey(keys, types).Fit(_ml.Data.LoadFromEnumerable([Row("the good bad day")]))
                .Transform(rows);
        return rows;
    }

    private static Sentences Row(string text)
    {
        string[] words = text.Split(' '),
            tags = [.. words.Select(word => word is "good" or "great" or "love"
            ? "B-GOOD"
            : word is "bad" or "poor" or "hate"
            ? "B-BAD"
            : "O")];
        int[] starts = [.. words.Select((_, i) => words.Take(i).Sum(word => word.Length + 1))],
            entities = [.. Enumerable.Range(0, words.Length).Where(i => tags[i] != "O")];
        return new Sentences
        {
            Sentence = text,
            Tags = tags,
            Types = [.. entities.Select(i => tags[i][2..])],
            Starts = [.. entities.Select(i => starts[i])],
            Ends = [.. entities.Select(i => starts[i] + words[i].Length)],
        };
    }

    private IDataView Questions(int count, int seed) => _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Select(row =>
    {
        string word = row.Text.Split(' ').First(word => Row(word).Types.Length > 0);
        return new Question
        {
            Context = row.Text,
            TrainingAnswer = word,
            AnswerIndex = $" {row.Text} ".IndexOf($" {word} ", StringComparison.Ordinal),
        };
    }).ToArray());

    private sealed class Sentences
    {
        public string Sentence { get; set; } = "";

        public string[] Tags { get; set; } = [];

        public string[] Types { get; set; } = [];

        public int[] Starts { get; set; } = [];

        public int[] Ends { get; set; } = [];
    }

    private sealed class Question
    {
        [Microsoft.ML.Data.ColumnName("Question")]
        public string Text { get; set; } = "which is it";

        public string Context { get; set; } = "";

        public string TrainingAnswer { get; set; } = "";

        public int AnswerIndex { get; set; }
    }
}
