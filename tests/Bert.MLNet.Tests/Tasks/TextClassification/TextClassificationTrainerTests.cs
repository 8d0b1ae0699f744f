using System.Globalization;
using System.Reflection;
using Bert.MLNet.Tests.Persistence;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Tests.Tasks.TextClassification;

[Collection(UsesTorch.Name)]
public sealed class TextClassificationTrainerTests : IDisposable
{
    private static readonly string[] s_names = ["bad", "good", "neither"];

    /// <summary>One training that several tests look at.</summary>
    private static readonly Lazy<(MLContext Ml, IDataView Test, TransformerChain<ITransformer> Model)> s_trained = new(() =>
    {
        var ml = new MLContext(seed: 1);
        return (ml, Data(ml, 60, seed: 9), Chain(ml, Options(maxEpochs: 14)).Fit(Data(ml, 240, seed: 3)));
    });

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_learnt_is_evaluated_and_mapped_back_by_ML_NET()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model) = s_trained.Value;
        IDataView result = model.Transform(test);
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(result);
        Assert.InRange(metrics.MicroAccuracy, 0.95, 1);
        Assert.InRange(metrics.LogLoss, 0, 0.5);
        Assert.Equal(3, metrics.ConfusionMatrix.NumberOfClasses);

        Output[] rows = [.. ml.Data.CreateEnumerable<Output>(result, reuseRowObject: false)];
        Assert.All(rows, row => Assert.Equal(1, row.Score.Sum(), 1e-5f));
        VBuffer<ReadOnlyMemory<char>> slots = default;
        result.Schema["Score"].GetSlotNames(ref slots);
        string[] names = [.. slots.DenseValues().Select(name => name.ToString())];
        Assert.Equal(s_names.Order(), names.Order());
        Assert.All(rows, row => Assert.Equal(names[Array.IndexOf(row.Score, row.Score.Max())], row.PredictedLabel));

        using var engine = ml.Model.CreatePredictionEngine<Input, Output>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.All(rows.Take(5), row => Assert.Equal(row.PredictedLabel, engine.Predict(new Input { Text = row.Text }).PredictedLabel));
    }

    [Fact]
    public void A_saved_model_predicts_in_a_process_without_libtorch()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model) = s_trained.Value;
        string file = _folder["model.zip"];
        ml.Model.Save(model.OfType<BertClassifierTransformer>().Single(), test.Schema, file);
        string[] texts = ["it is a great film", "bad", ""];
        float[][] elsewhere = FreshProcess.Run(file, texts, "Score", FreshProcess.FolderWithoutTorch);
        IDataView here = model.Transform(ml.Data.LoadFromEnumerable(texts.Select(text => new Input { Text = text })));
        Assert.Equal(here.GetColumn<float[]>("Score"), elsewhere);
    }

    [Fact]
    public void A_program_without_libtorch_that_trains_is_told_the_package_for_its_system()
    {
        string system = OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";
        Assert.Contains($"<PackageReference Include=\"libtorch-cpu-{system}\"", FreshProcess.Run(FreshProcess.FolderWithoutTorch, "train"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_learnt_is_a_checkpoint_of_HuggingFaces()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model) = s_trained.Value;
        BertModel trained = model.OfType<BertClassifierTransformer>().Single().Model;
        trained.SavePretrained(_folder["saved"]);
        BertModel opened = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(["BertForSequenceClassification"], opened.Config.Architectures);
        Assert.Equal("single_label_classification", opened.Config.ProblemType);
        Assert.Equal(s_names.Order(), opened.Config.Id2Label.Values.Order());

        using BertClassifierTransformer classifier = ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", opened).Fit(test);
        Assert.Equal(model.Transform(test).GetColumn<float[]>("Score"), classifier.Transform(test).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void What_is_learnt_runs_on_bare_ONNX_Runtime_from_one_file()
    {
        (_, IDataView test, TransformerChain<ITransformer> model) = s_trained.Value;
        BertModel trained = model.OfType<BertClassifierTransformer>().Single().Model;
        trained.SaveOnnx(_folder["model.onnx"]);
        using var session = new InferenceSession(_folder["model.onnx"]);
        float[][] scores = [.. model.Transform(test).GetColumn<float[]>("Score")];
        foreach ((int row, string text) in test.GetColumn<string>("Text").Take(10).Index())
        {
            BertEncoding tokens = trained.Tokenizer.Encode(text);
            var inputs = new Dictionary<string, IReadOnlyList<int>>
            {
                ["input_ids"] = tokens.Ids,
                ["attention_mask"] = [.. tokens.Ids.Select(_ => 1)],
                ["token_type_ids"] = tokens.TypeIds,
            };
            using var outputs = session.Run(
                [.. inputs.Select(input =>
                    NamedOnnxValue.CreateFromTensor(
                        input.Key, new DenseTensor<long>(input.Value.Select(id => (long)id).ToArray(), [1, tokens.Ids.Count])))]);
            double[] exp = [.. outputs.Single(output => output.Name == "logits").AsEnumerable<float>().Select(logit => Math.Exp(logit))];
            Assert.All(exp.Zip(scores[row]), pair => Assert.Equal(pair.First / exp.Sum(), pair.Second, 1e-5));
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void The_promised_schema_is_the_real_one(bool numbers)
    {
        IDataView data = Keys(numbers ? "Number" : "Label", 40);
        TextClassificationTrainer trainer =
            _ml.MulticlassClassification.Trainers.TextClassification(Options(maxEpochs: 1) with { Model = ToyLanguage.Model() });
        using BertClassifierTransformer fitted = trainer.Fit(data);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), fitted.Transform(data).Schema);
        IDataView mapped = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(fitted.Transform(data))
            .Transform(fitted.Transform(data));
        Assert.Equal(numbers ? NumberDataViewType.Single : TextDataViewType.Instance, mapped.Schema["PredictedLabel"].Type);
    }

    [Theory]
    [InlineData("DistilBert"), InlineData("MPNet"), InlineData("Roberta"), InlineData("Electra"), InlineData("Albert")]
    [InlineData("ModernBert"), InlineData("DebertaV2"), InlineData("NomicBert")]
    public void Pairs_are_learnt_by_every_family_and_saved(string family)
    {
        TextClassificationTrainer.Options options = Options(maxEpochs: 1) with { Sentence2ColumnName = "Other" };
        IDataView data = Keys("Label", 40);
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model(family + "Model") })
                .Fit(data);
        Assert.Equal([family + "ForSequenceClassification"], fitted.Model.Config.Architectures);
        Assert.Equal(40, fitted.Transform(data).GetColumn<float[]>("Score").Count(scores => float.IsFinite(scores.Sum())));

        _ml.Model.Save(fitted, data.Schema, _folder["pairs.zip"]);
        ITransformer loaded = _ml.Model.Load(_folder["pairs.zip"], out _);
        Assert.Equal(fitted.Transform(data).GetColumn<float[]>("Score"), loaded.Transform(data).GetColumn<float[]>("Score"));
    }

    [Theory]
    [InlineData("Flags"), InlineData("Words")]
    public void Any_number_of_labels_is_learnt_from_flags_and_from_keys(string column)
    {
        // A text that is good has the labels "good" and "known", a bad one "known", another none.
        IDataView raw = _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(240, seed: 3, classes: 3).Select(row => new SeveralInput
        {
            Text = row.Text,
            Flags = [row.Label < 2, row.Label == 1],
            Words = row.Label switch { 0 => ["known"], 1 => ["known", "good"], _ => [] },
        }).ToArray());
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Words").Fit(raw).Transform(raw);
        TextClassificationTrainer.Options options = Options(maxEpochs: 14) with { LabelColumnName = column };
        TextClassificationTrainer trainer =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() });
        using BertClassifierTransformer fitted = trainer.Fit(data);
        IDataView result = fitted.Transform(data);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), result.Schema);
        Assert.Equal("multi_label_classification", fitted.Model.Config.ProblemType);
        Assert.Equal(column == "Flags" ? ["LABEL_0", "LABEL_1"] : ["known", "good"], fitted.Labels);

        bool[][] due = [.. data.GetColumn<bool[]>("Flags")];
        float[][] scores = [.. result.GetColumn<float[]>("Score")];
        double hits = due.Zip(scores).Average(row => row.First.Zip(row.Second).Count(label => label.First == label.Second > 0.5f) / 2.0);
        Assert.InRange(hits, 0.9, 1);
        Assert.All(scores.Zip(result.GetColumn<uint[]>("PredictedLabel")),
            row => Assert.Equal(row.First.Index().Where(s => s.Item >= 0.5f).Select(s => (uint)s.Index + 1), row.Second));
    }

    [Fact]
    public void A_label_without_weight_is_not_learnt()
    {
        TextClassificationTrainer.Options options = Options(maxEpochs: 20) with { ClassWeights = [1, 0, 1] };
        IDataView data = Keys("Label", 120);
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
        uint[] predicted = [.. fitted.Transform(data).GetColumn<uint>("PredictedLabel")], labels = [.. data.GetColumn<uint>("Label")];
        Assert.DoesNotContain(2u, predicted);
        Assert.InRange(predicted.Zip(labels).Where(row => row.Second != 2).Average(row => row.First == row.Second ? 1.0 : 0), 0.8, 1);
    }

    [Fact]
    public void Balanced_classes_weigh_as_much_as_the_others_together_say()
    {
        // Of 60 rows 36, 18 and 6 have the labels: with equal shares each label weighs 60 / 3 / its rows.
        IDataView all = Keys("Label", 200);
        uint[] labels = [.. all.GetColumn<uint>("Label")];
        string[] texts = [.. all.GetColumn<string>("Text")];
        int[] due = [36, 18, 6];
        var rows = labels.Zip(texts).Where(row => due[row.First - 1]-- > 0)
            .Select(row => new Input { Text = row.Second, Label = $"{row.First}" }).ToArray();
        IDataView raw = _ml.Data.LoadFromEnumerable(rows);
        IDataView order = _ml.Data.LoadFromEnumerable(new[] { "1", "2", "3" }.Select(value => new { Value = value }));
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: order).Fit(raw).Transform(raw);
        float[][] Scores(TextClassificationTrainer.Options options)
        {
            using BertClassifierTransformer fitted =
                _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
            return [.. fitted.Transform(data).GetColumn<float[]>("Score")];
        }
        float[][] balanced = Scores(Options(maxEpochs: 1) with { BalanceClasses = true });
        Assert.Equal(Scores(Options(maxEpochs: 1) with { ClassWeights = [60f / 3 / 36, 60f / 3 / 18, 60f / 3 / 6] }), balanced);
        Assert.NotEqual(Scores(Options(maxEpochs: 1)), balanced);
    }

    [Fact]
    public void Cross_validation_works()
    {
        var folds = _ml.MulticlassClassification.CrossValidate(Data(_ml, 60, seed: 4), Chain(_ml, Options(maxEpochs: 1)), numberOfFolds: 2);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.MicroAccuracy, 0, 1));
    }

    [Fact]
    public void Missing_labels_classes_without_rows_empty_and_long_texts_are_taken()
    {
        string long_ = string.Join(' ', Enumerable.Repeat("good film", 200));
        Input[] rows = [new() { Text = "", Label = "bad" }, new() { Text = long_, Label = "good" },
            new() { Text = "so bad", Label = "unknown" }, new() { Text = null!, Label = "bad" }, new() { Text = "good", Label = "good" }];
        // Keys 1 to 4, of which no row has 2 and 4; "unknown" is none of them.
        IDataView values = _ml.Data.LoadFromEnumerable(new[] { "bad", "never", "good", "nowhere" }.Select(value => new { Value = value }));
        IDataView raw = _ml.Data.LoadFromEnumerable(rows);
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: values).Fit(raw).Transform(raw);
        var log = new List<string>();
        _ml.Log += (_, e) => log.Add(e.Message);
        TextClassificationTrainer.Options options = Options(maxEpochs: 1) with { BalanceClasses = true };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
        Assert.Equal(["bad", "never", "good", "nowhere"], fitted.Labels);
        Assert.Contains(log, line => line.EndsWith("which are skipped: 1.", StringComparison.Ordinal));
        Assert.All(fitted.Transform(data).GetColumn<float[]>("Score"), scores => Assert.Equal(4, scores.Length));
    }

    [Theory]
    [InlineData("Byte"), InlineData("UInt"), InlineData("ULong")]
    public void Keys_of_any_width_without_values_and_with_gaps_are_labels_by_their_number(string column)
    {
        // Keys of .NET's types count from 0: of the six, no row has 1, 3 and 5. Every tenth label is missing: 6 is none of them.
        IDataView data = _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(240, seed: 3, classes: 3).Select((row, i) => (row.Text, Key: i % 10 == 9 ? 6 : row.Label * 2))
            .Select(row => new NumberedInput { Text = row.Text, Byte = (byte)row.Key, UInt = (uint)row.Key, ULong = (ulong)row.Key })
                .ToArray());
        TextClassificationTrainer.Options options = Options(maxEpochs: 40) with { LabelColumnName = column };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
        Assert.Equal(["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4", "LABEL_5"], fitted.Labels);
        IDataView result = fitted.Transform(data);
        uint[] due = [.. data.GetColumn<uint>("UInt")], predicted = [.. result.GetColumn<uint>("PredictedLabel")];
        Assert.Equal(24, due.Count(key => key == 0));
        Assert.InRange(due.Zip(predicted).Where(row => row.First > 0).Average(row => row.First == row.Second ? 1.0 : 0), 0.9, 1);
    }

    [Fact]
    public void Data_with_one_class_are_refused_before_anything_is_trained()
    {
        IDataView raw = _ml.Data.LoadFromEnumerable(
            new[] { new Input { Text = "good", Label = "good" }, new Input { Text = "great", Label = "good" } });
        IDataView one = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(raw).Transform(raw);
        Assert.Contains("'good'", Refused(one).Message, StringComparison.Ordinal);

        var three = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(Data(_ml, 20, 3));
        Assert.Contains("'good'", Refused(three.Transform(raw)).Message, StringComparison.Ordinal);
        Assert.Contains("No row", Refused(three.Transform(_ml.Data.LoadFromEnumerable<Input>([]))).Message, StringComparison.Ordinal);

        Exception Refused(IDataView data) =>
            Assert.Throws<InvalidOperationException>(
                () => _ml.MulticlassClassification.Trainers.TextClassification(Options() with { Model = ToyLanguage.Model() }).Fit(data));
    }

    [Fact]
    public void A_label_that_is_no_key_is_refused_with_what_to_do()
    {
        Exception error = Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.Trainers.TextClassification(Options() with { Model = ToyLanguage.Model() })
                .Fit(Data(_ml, 20, 3)));
        Assert.Contains("MapValueToKey", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Label'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_set_with_other_keys_is_refused()
    {
        IDataView raw = _ml.Data.LoadFromEnumerable(new[] { new Input { Label = "x" }, new Input { Label = "y" } });
        TextClassificationTrainer.Options options = Options() with
        {
            ValidationSet = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(raw).Transform(raw),
        };
        Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() })
                .Fit(Keys("Label", 20)));
    }

    [Fact]
    public void Options_that_cannot_be_are_named()
    {
        foreach ((string name, TextClassificationTrainer.Options options) in new (string, TextClassificationTrainer.Options)[]
        {
            ("BatchSize", new() { BatchSize = 0 }), ("MaxEpochs", new() { MaxEpochs = 0 }),
            ("LearningRate", new() { LearningRate = double.NaN }), ("WarmupRatio", new() { WarmupRatio = 1 }),
            ("ValidationFraction", new() { ValidationFraction = 1 }), ("FrozenLayers", new() { FrozenLayers = 3 }),
            ("LabelSmoothing", new() { LabelSmoothing = 1 }), ("MaxLength", new() { MaxLength = 65 }),
        })
        {
            Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(
                () => _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() })).Message,
                    StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cancelling_the_MLContext_keeps_the_best_epoch_so_far_and_it_can_be_used()
    {
        // The rate does not depend on the number of epochs, so the best of two epochs is the last of so many.
        var ml = new MLContext(seed: 1);
        List<double> metrics = [];
        float[][] kept = Scores(ml, 1000, report =>
        {
            if (report.Metric is { } metric)
                metrics.Add(metric);
            if (report.Epoch == 3)
                typeof(MLContext).GetMethod(
                    "CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(ml, null);
        });
        Assert.Equal(2, metrics.Count);
        Assert.Equal(Scores(_ml, metrics.IndexOf(metrics.Max()) + 1, _ => { }), kept);

        static float[][] Scores(MLContext ml, int maxEpochs, Action<TrainingProgress> report)
        {
            IDataView data = Data(ml, 60, seed: 3);
            TextClassificationTrainer.Options options = Options() with
            {
                MaxEpochs = maxEpochs,
                ValidationFraction = 0.2,
                LoggingSteps = 1,
                BatchSize = 16,
                LearningRateSchedule = BertLearningRateSchedule.Constant,
                WarmupRatio = 0,
                Progress = new OnReport(report),
            };
            using TransformerChain<ITransformer> fitted = Chain(ml, options).Fit(data);
            using var engine = ml.Model.CreatePredictionEngine<Input, Output>(
                fitted, new PredictionEngineOptions { OwnsTransformer = false });
            Assert.Contains(engine.Predict(new Input { Text = "good" }).PredictedLabel, s_names);
            return [.. fitted.Transform(data).GetColumn<float[]>("Score")];
        }
    }

    [Fact]
    public void The_data_are_read_once_whatever_the_number_of_epochs()
    {
        var data = new WatchedDataView(Keys("Label", 40));
        TextClassificationTrainer.Options options = Options() with { MaxEpochs = 3, ValidationFraction = 0.2 };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
        Assert.Equal(["Text Label"], data.Cursors);
    }

    [Fact]
    public void The_log_says_what_the_reports_say()
    {
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        List<TrainingProgress> reports = [];
        TextClassificationTrainer.Options options = Options() with
        {
            MaxEpochs = 2,
            ValidationFraction = 0.2,
            LoggingSteps = 1,
            Progress = new OnReport(reports.Add),
        };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(Keys("Label", 80));
        Assert.True(reports.Count > 4);
        Assert.All(reports, report =>
            Assert.Contains(log, line =>
                line.Contains(string.Create(
                    CultureInfo.InvariantCulture, $"Epoch {report.Epoch}, step {report.Step}, {report.Done:P0}: loss {report.Loss:F4}"),
                        StringComparison.Ordinal)));
        Assert.All(reports.Where(report => report.Metric is not null),
            report => Assert.Contains(
            log, line =>
                line.Contains(string.Create(CultureInfo.InvariantCulture, $", MicroAccuracy {report.Metric:F4}, "),
                    StringComparison.Ordinal)));
    }

    [Fact]
    public void A_training_that_explodes_is_stopped_with_what_to_do()
    {
        TextClassificationTrainer.Options options = Options(maxEpochs: 3) with { LearningRate = 1e30, WarmupRatio = 0 };
        Exception error = Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() })
                .Fit(Keys("Label", 80)));
        Assert.Matches("at step [2-9].* rows are .*LearningRate", error.Message);
    }

    [Theory]
    [InlineData(int.MaxValue, null, 1), InlineData(7, int.MaxValue, 1), InlineData(60, null, int.MaxValue)]
    public void All_rows_can_be_one_update(int batchSize, int? tokens, int accumulated)
    {
        List<TrainingProgress> reports = [];
        TextClassificationTrainer.Options options = Options() with
        {
            BatchSize = batchSize,
            TokensPerBatch = tokens,
            GradientAccumulationSteps = accumulated,
            Progress = new OnReport(reports.Add),
        };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(Keys("Label", 120));
        Assert.Equal(1, reports[^1].Step);
    }

    [Fact]
    public void Texts_of_any_characters_and_of_any_length_are_learnt()
    {
        string[] texts = ["", " \t\r\n", "\0\u0001\u200b\ufeff", "\ud83d", "\udc00\ud83d", "😀👨‍👩‍👧‍👦", "[CLS] [SEP] [MASK] [PAD]",
            new string('a', 2_000_000), string.Concat(Enumerable.Repeat("good ", 200_000)), "e\u0301\u0301\u0301"];
        IDataView raw = _ml.Data.LoadFromEnumerable(
            texts.Select((text, i) => new Input { Text = text, Other = texts[^(i + 1)], Label = s_names[i % 2] }).ToArray());
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(raw).Transform(raw);
        TextClassificationTrainer.Options options = Options() with { Sentence2ColumnName = "Other", ValidationFraction = 0.3 };
        using BertClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }).Fit(data);
        Assert.All(fitted.Transform(data).GetColumn<float[]>("Score"), scores => Assert.Equal(1, scores.Sum(), 1e-5f));
    }

    [Fact]
    public void Trainings_at_the_same_time_learn_what_they_learn_alone()
    {
        float[][] alone = Scores(1), other = Scores(2);
        float[][][] together = new float[4][][];
        Parallel.For(0, together.Length, i => together[i] = Scores(i % 2 + 1));
        Assert.Equal([alone, other, alone, other], together);

        float[][] Scores(int seed)
        {
            var ml = new MLContext(seed);
            IDataView data = Data(ml, 60, seed: 3);
            TextClassificationTrainer.Options options = Options(maxEpochs: 2);
            using TransformerChain<ITransformer> fitted = Chain(ml, options).Fit(data);
            return [.. fitted.Transform(data).GetColumn<float[]>("Score")];
        }
    }

    private static TextClassificationTrainer.Options Options(int maxEpochs = 1) => new()
    {
        Sentence1ColumnName = "Text", MaxEpochs = maxEpochs, LearningRate = 4e-3, ValidationFraction = maxEpochs > 4 ? 0.2 : 0,
        EarlyStoppingPatience = null,
    };

    private static EstimatorChain<ITransformer> Chain(MLContext ml, TextClassificationTrainer.Options options) =>
        new EstimatorChain<ITransformer>()
        .Append<ITransformer>(ml.Transforms.Conversion.MapValueToKey("Label"))
        .Append<ITransformer>(ml.MulticlassClassification.Trainers.TextClassification(options with { Model = ToyLanguage.Model() }))
        .Append<ITransformer>(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private static IDataView Data(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(
        ToyLanguage.Texts(count, seed, classes: 3)
            .Select(row => new Input { Text = row.Text, Other = "the " + row.Text, Label = s_names[row.Label], Number = row.Label })
            .ToArray());

    private IDataView Keys(string column, int count)
    {
        IDataView data = Data(_ml, count, seed: 3);
        return _ml.Transforms.Conversion.MapValueToKey("Label", column).Fit(data).Transform(data);
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public string Other { get; set; } = "";

        public string Label { get; set; } = "";

        public float Number { get; set; }
    }

    private sealed class NumberedInput
    {
        public string Text { get; set; } = "";

        [KeyType(6)]
        public byte Byte { get; set; }

        [KeyType(6)]
        public uint UInt { get; set; }

        [KeyType(6)]
        public ulong ULong { get; set; }
    }

    private sealed class SeveralInput
    {
        public string Text { get; set; } = "";

        [VectorType(2)]
        public bool[] Flags { get; set; } = [];

        public string[] Words { get; set; } = [];
    }

    private sealed class Output
    {
        public string Text { get; set; } = "";

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
