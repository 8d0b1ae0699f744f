using Bert.MLNet.Tasks;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.FineTuning;

/// <summary>Trainings with a teacher, for each task that can have one.</summary>
[Collection(UsesTorch.Name)]
public sealed class DistillationTests
{
    private static readonly string[] s_names = ["bad", "good", "neither"];

    /// <summary>A teacher that has learnt the labels of texts without mistakes.</summary>
    private static readonly Lazy<BertModel> s_teacher = new(() =>
    {
        var ml = new MLContext(seed: 1);
        using BertClassifierTransformer fitted =
            ml.MulticlassClassification.Trainers.TextClassification(Options(maxEpochs: 14)).Fit(Data(ml, 240, seed: 3, share: 1));
        return fitted.Model;
    });

    private readonly MLContext _ml = new(seed: 1);

    /// <summary>With its own predictions as the aim, nothing is left to learn: tokens, labels and words are the teacher's.</summary>
    [Theory]
    [InlineData("labels"), InlineData("flags"), InlineData("words"), InlineData("numbers")]
    public void A_student_that_equals_its_teacher_has_no_loss(string task)
    {
        var losses = new List<double>();
        var progress = new OnReport(report => losses.Add(report.Loss));
        BertModel Model(string head) => new TinyCheckpoint
        {
            Architecture = head,
            Labels = task switch
            {
                "words" => ["O", "B-PER"], "numbers" => ["LABEL_0"], "flags" => ["LABEL_0", "LABEL_1", "LABEL_2"], _ => s_names,
            },
            ExtraConfig = task switch
            {
                "flags" => new() { ["problem_type"] = "multi_label_classification" },
                "numbers" => new() { ["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity" },
                _ => [],
            },
        }.Load();
        IDataView texts = Data(_ml, 16, seed: 3, share: 1);
        switch (task)
        {
            case "labels":
            case "flags":
                BertModel classifier = Model("BertForSequenceClassification");
                _ml.MulticlassClassification.Trainers.TextClassification(Options(maxEpochs: 1) with
                {
                    Model = classifier, Distillation = new(classifier) { LabelWeight = 0 }, Progress = progress, Dropout = 0,
                    LearningRate = 1e-9, LabelColumnName = task == "flags" ? "Flags" : "Label",
                }).Fit(texts).Dispose();
                break;
            case "words":
                BertModel tagger = Model("BertForTokenClassification");
                _ml.MulticlassClassification.Trainers.NamedEntityRecognition(new NamedEntityRecognitionTrainer.Options
                {
                    Model = tagger, Distillation = new(tagger) { LabelWeight = 0 }, Progress = progress, Dropout = 0, MaxEpochs = 1,
                    LearningRate = 1e-9,
                }).Fit(Words()).Dispose();
                break;
            default:
                BertModel scorer = Model("BertForSequenceClassification");
                _ml.Regression.Trainers.SentenceSimilarity(new SentenceSimilarityTrainer.Options
                {
                    Model = scorer, Distillation = new(scorer) { LabelWeight = 0 }, Progress = progress, Dropout = 0, MaxEpochs = 1,
                    LearningRate = 1e-9, LabelColumnName = "Number", Sentence1ColumnName = "Text", Sentence2ColumnName = "Other",
                }).Fit(texts).Dispose();
                break;
        }
        Assert.NotEmpty(losses);
        Assert.All(losses, loss => Assert.Equal(0, loss, 1e-5));
    }

    [Fact]
    public void A_student_of_noisy_labels_learns_more_from_its_teacher()
    {
        IDataView noisy = Data(_ml, 240, seed: 5, share: 0.55), test = Data(_ml, 60, seed: 9, share: 1);
        TextClassificationTrainer.Options alone = Options(maxEpochs: 8);
        TextClassificationTrainer.Options taught = alone with { Distillation = new(s_teacher.Value) { LabelWeight = 0.2 } };
        (double fromLabels, double fromTeacher) = (Divergence(alone), Divergence(taught));
        Assert.True(fromTeacher < 0.5 * fromLabels, $"The divergence is {fromTeacher} with the teacher and {fromLabels} without.");

        double Divergence(TextClassificationTrainer.Options options)
        {
            using BertClassifierTransformer student = _ml.MulticlassClassification.Trainers.TextClassification(options).Fit(noisy);
            using BertClassifierTransformer teacher =
                _ml.Transforms.Text.ApplyBertClassifier("Label", "Text", s_teacher.Value).Fit(test);
            float[][] expected = [.. teacher.Transform(test).GetColumn<float[]>("Score")];
            float[][] actual = [.. student.Transform(test).GetColumn<float[]>("Score")];
            return expected.Zip(actual).Average(row => row.First.Zip(row.Second).Sum(p => p.First * Math.Log(p.First / p.Second)));
        }
    }

    [Fact]
    public void Rows_without_a_label_are_learnt_from_the_teacher_and_not_validated()
    {
        var log = new List<string>();
        _ml.Log += (_, e) => log.Add(e.Message);
        IDataView data = Data(_ml, 40, seed: 5, share: 1, unlabelled: 30);
        TextClassificationTrainer.Options options = Options(maxEpochs: 1) with { ValidationFraction = 0.5, BalanceClasses = true };
        _ml.MulticlassClassification.Trainers.TextClassification(
            options with { Distillation = new(s_teacher.Value) }).Fit(data).Dispose();
        Assert.Contains(log, line => line.Contains("on 35 rows, 5 for validation", StringComparison.Ordinal));
        _ml.MulticlassClassification.Trainers.TextClassification(options).Fit(data).Dispose();
        Assert.Contains(log, line => line.Contains("on 5 rows, 5 for validation", StringComparison.Ordinal));
    }

    [Fact]
    public void Logits_of_a_teacher_are_sorted_by_the_names_of_labels()
    {
        BertModel teacher = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["a", "b", "c"] }.Load();
        IDataView data = Data(_ml, 8, seed: 3, share: 1);
        var options = new BertClassifierEstimator.Options { Model = teacher, LogitsColumnName = TeacherStep.Outputs };
        using BertClassifierTransformer step = _ml.Transforms.Text.ApplyBertClassifier(options).Fit(data);
        IDataView taught = step.Transform(data);
        float[][] logits = [.. taught.GetColumn<float[]>(TeacherStep.Outputs)];
        foreach ((BertDistillation distillation, string[] names, int[] order) in new[]
        {
            (new BertDistillation(teacher), new[] { "c", "a", "b" }, new[] { 2, 0, 1 }),
            (new BertDistillation(teacher) { TeacherLabels = ["x", "y", "z"] }, ["y", "x", "z"], [1, 0, 2]),
        })
        {
            TeacherOutputs outputs = new TeacherStep(distillation, areProbabilities: false, _ => step).Bind(taught.Schema, names)!;
            using DataViewRowCursor cursor = taught.GetRowCursor([outputs.Column]);
            Func<float[]> read = outputs.CreateReader(cursor);
            for (int row = 0; cursor.MoveNext(); row++)
                Assert.Equal(order.Select(label => logits[row][label]), read());
        }
    }

    [Fact]
    public void Teachers_that_do_not_fit_are_refused_before_anything_is_trained()
    {
        IDataView data = Data(_ml, 20, seed: 3, share: 1);
        BertModel other = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load();
        BertModel several = new TinyCheckpoint
        {
            Architecture = "BertForSequenceClassification", ExtraConfig = new() { ["problem_type"] = "multi_label_classification" },
        }.Load();
        foreach ((string expected, BertDistillation distillation) in new[]
        {
            ("has the labels negative, neutral, positive, but the training data has", new BertDistillation(other)),
            ("LabelWeight is 2", new(other) { LabelWeight = 2 }), ("Temperature is 0", new(other) { Temperature = 0 }),
            ("TeacherLabels has 1 names", new(other) { TeacherLabels = ["a"] }), ("is for MultiLabelClassification", new(several)),
            ("name them in TeacherLabels", new(other) { TeacherLabels = ["bad", "good", "good"] }),
        })
        {
            string message = Assert.ThrowsAny<ArgumentException>(() => _ml.MulticlassClassification.Trainers.TextClassification(
                Options(maxEpochs: 1) with { Distillation = distillation }).Fit(data)).Message;
            Assert.Contains(expected, message, StringComparison.Ordinal);
        }
        Assert.Contains("has no head", Assert.Throws<NotSupportedException>(() => _ml.MulticlassClassification.Trainers.TextClassification(
            Options(maxEpochs: 1) with { Distillation = new(ToyLanguage.Model()) })).Message, StringComparison.Ordinal);
        Assert.Contains("LabelStartsColumnName is set", Assert.Throws<ArgumentException>(() =>
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(new NamedEntityRecognitionTrainer.Options
            {
                Model = ToyLanguage.Model(), LabelStartsColumnName = "Starts", LabelEndsColumnName = "Ends",
                Distillation = new(new TinyCheckpoint { Architecture = "BertForTokenClassification" }.Load()),
            })).Message, StringComparison.Ordinal);
    }

    private static TextClassificationTrainer.Options Options(int maxEpochs) => new()
    {
        Model = ToyLanguage.Model(), Sentence1ColumnName = "Text", MaxEpochs = maxEpochs, BatchSize = 8, LearningRate = 2e-3,
        EarlyStoppingPatience = null,
    };

    /// <summary>Texts of which a share has the right label, as keys in the order of <see cref="s_names"/>.</summary>
    private static IDataView Data(MLContext ml, int count, int seed, double share, int unlabelled = 0)
    {
        var random = new Random(seed);
        IDataView raw = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed, classes: 3).Select((row, i) => new Input
        {
            Text = row.Text, Other = "the film", Number = i % 5, Flags = [i % 2 == 0, true, false],
            Label = i < unlabelled ? "unknown" : s_names[random.NextDouble() < share ? row.Label : random.Next(3)],
        }).ToArray());
        IDataView names = ml.Data.LoadFromEnumerable(s_names.Select(name => new { Value = name }));
        return ml.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(raw).Transform(raw);
    }

    private IDataView Words()
    {
        IDataView raw = _ml.Data.LoadFromEnumerable(ToyEntities.Sentences(12, seed: 3).Select((sentence, i) => new WordRow
        {
            Sentence = string.Join(' ', sentence.Words),
            Label = i == 0 ? [] : [.. sentence.Tags.Select(tag => tag == "O" ? "O" : "B-PER")],
        }).ToArray());
        IDataView names = _ml.Data.LoadFromEnumerable(new[] { "O", "B-PER" }.Select(name => new { Value = name }));
        return _ml.Transforms.Conversion.MapValueToKey("Label", keyData: names).Fit(raw).Transform(raw);
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public string Other { get; set; } = "";

        public string Label { get; set; } = "";

        public float Number { get; set; }

        [VectorType(3)]
        public bool[] Flags { get; set; } = [];
    }

    private sealed class WordRow
    {
        public string Sentence { get; set; } = "";

        public string[] Label { get; set; } = [];
    }
}
