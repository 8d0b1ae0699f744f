using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Bert.MLNet.Tests.Experiments;

[Collection(UsesTorch.Name)]
public sealed class TextClassificationExperimentTests
{
    private static readonly string[] s_names = ["bad", "good"];
    private static readonly BertModel s_model = ToyLanguage.Model();

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("Text")]
    [InlineData("Flag")]
    [InlineData("Key")]
    public void The_best_model_predicts_labels_of_the_type_that_it_learnt(string label)
    {
        IDataView train = Data(120, seed: 3), test = Data(60, seed: 9);
        using BertExperimentResult result = Experiment(Settings(label)).Execute(train);
        Assert.True(result.IsTrainedOnAllRows);
        Assert.Null(result.StopReason);
        // N-grams, both kinds of embeddings, and each of them with n-grams: none failed.
        Assert.All(result.RunDetails, run => Assert.Null(run.Exception));
        Assert.Equal(4 + 4 * 3, result.RunDetails.Count);

        IDataView predictions = result.Model.Transform(test);
        Assert.Equal(train.Schema[label].Type.RawType, predictions.Schema["PredictedLabel"].Type.RawType);
        object[] right = Values(test, label), predicted = Values(predictions, "PredictedLabel");
        double accuracy = right.Zip(predicted).Count(pair => pair.First.Equals(pair.Second)) / 60.0;
        Assert.InRange(accuracy, 0.9, 1);
        Assert.InRange(accuracy, result.BestRun.Metric!.Value - 4 * result.BestRun.StandardError!.Value - 0.05, 1);
    }

    [Fact]
    public void Metrics_are_those_of_predictions_for_rows_that_were_not_learnt_beside_the_majority()
    {
        using BertExperimentResult result = Experiment(Settings("Text")).Execute(Data(120, seed: 3));
        BertRunDetail majority = Assert.Single(result.Baselines);
        int[] labels = [.. ToyLanguage.Texts(120, seed: 3).Select(row => row.Label)];
        double share = Math.Max(labels.Count(label => label == 0), labels.Count(label => label == 1)) / 120.0;
        Assert.Equal(("majority", 120), (majority.TrainerName, majority.ValidationRows));
        Assert.Equal(share, majority.Metric!.Value, 1e-9);
        Assert.Equal(0.5, majority.Metrics["MacroAccuracy"], 1e-9);
        Assert.InRange(majority.Metrics["LogLoss"], 0.6, 0.7); // ln 2 for two labels of the same share
        Assert.Equal(result.Leaderboard.Select(run => run.Metric), result.Leaderboard.Select(run => run.Metric).OrderDescending());
        Assert.True(result.BestRun.Metric > share + 0.2);
    }

    [Fact]
    public void Trainings_are_halved_until_the_best_ones_have_predicted_all_folds()
    {
        using BertExperimentResult result =
            Experiment(Settings("Text") with { FineTunes = true, NumberOfFolds = 3 }).Execute(Data(24, seed: 3));
        BertRunDetail[] trainings =
            [.. result.RunDetails.Where(run => run.TrainerName.StartsWith("fine-tuning", StringComparison.Ordinal)
                || run.TrainerName == "few-shot")];
        Assert.All(trainings, run => Assert.Null(run.Exception));
        Assert.InRange(trainings.Length, 3, 10);
        int[] counts = [.. new[] { 8, 16, 24 }.Select(rows => trainings.Count(run => run.ValidationRows >= rows))];
        Assert.Equal(trainings.Length, counts[0]);
        Assert.InRange(counts[1], 0, (counts[0] + 1) / 2);
        Assert.InRange(counts[2], 0, (counts[1] + 1) / 2);
        // No training continues if all are clearly worse than a classifier of vectors, which depends on rounding.
        Assert.True(counts[2] > 0 || trainings.All(run => run.Metric < result.BestRun.Metric));
    }

    [Fact]
    public void Trainings_compute_in_the_precision_of_the_settings()
    {
        double[] losses = [.. new[] { BertPrecision.Full, BertPrecision.BFloat16 }.Select(precision =>
        {
            using BertExperimentResult result = Experiment(Settings("Text") with { FineTunes = true, Precision = precision })
                .Execute(Data(24, seed: 3), Data(40, seed: 4));
            return result.RunDetails.First(run => run.Epochs > 0).Metrics["LogLoss"];
        })];
        Assert.Equal(losses[0], losses[1], 0.05);
        Assert.NotEqual(losses[0], losses[1]);
    }

    [Fact]
    public void Two_experiments_find_the_same()
    {
        using BertExperimentResult result = Experiment(Settings("Text")).Execute(Data(60, seed: 3)),
        again = Experiment(Settings("Text")).Execute(Data(60, seed: 3));
        Assert.Equal(result.RunDetails.Select(run => (run.TrainerName, run.Metric)),
            again.RunDetails.Select(run => (run.TrainerName, run.Metric)));
        Assert.Equal(Values(result.Model.Transform(Data(20, seed: 5)), "PredictedLabel"),
            Values(again.Model.Transform(Data(20, seed: 5)), "PredictedLabel"));
    }

    [Fact]
    public void A_trainer_of_the_caller_takes_part_and_its_failure_is_told()
    {
        var other = new BertVectorTrainer("OVA", (ml, label, features) => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = label,
                FeatureColumnName = features,
                L1Regularization = 0,
                L2Regularization = 1e-3f,
            }));
        using BertExperimentResult result = Experiment(Settings("Text") with { VectorTrainers = [other] }).Execute(Data(60, seed: 3));
        Assert.Equal(["embeddings, OVA", "embeddings and n-grams, OVA"],
            result.RunDetails.Where(run => run.TrainerName.EndsWith("OVA", StringComparison.Ordinal)).Select(run => run.TrainerName));
        var broken = new BertVectorTrainer("broken", (_, _, _) => throw new InvalidOperationException("It is broken."));
        using BertExperimentResult second = Experiment(Settings("Text") with { VectorTrainers = [broken] }).Execute(Data(60, seed: 3));
        Assert.Equal(2, second.RunDetails.Count(run => run.Exception?.Message == "It is broken."));
        Assert.NotNull(second.BestRun.Metric);
    }

    [Fact]
    public void Of_several_checkpoints_each_takes_part_under_its_name()
    {
        using BertExperimentResult result =
            Experiment(Settings("Text") with { Models = [s_model, new TinyCheckpoint { Seed = "other" }.Load()] })
                .Execute(Data(60, seed: 3));
        Assert.Equal(4 + 2 * 12, result.RunDetails.Count);
        Assert.Equal(result.RunDetails.Count, result.RunDetails.Select(run => run.TrainerName).Distinct().Count());
    }

    [Fact]
    public void Log_loss_is_optimized_downwards()
    {
        using BertExperimentResult result =
            Experiment(Settings("Text") with { OptimizingMetric = BertClassificationMetric.LogLoss }).Execute(Data(120, seed: 3));
        Assert.Equal("LogLoss", result.BestRun.MetricName);
        double least = result.RunDetails.Min(run => run.Metric!.Value);
        Assert.InRange(result.BestRun.Metric!.Value, least, least + 0.1);
        Assert.Equal(least, result.Leaderboard[0].Metric);
    }

    [Fact]
    public void A_pair_is_classified_by_both_texts()
    {
        IDataView Pairs(int count, int seed) =>
            _ml.Data.LoadFromEnumerable(ToyLanguage.Texts(count, seed).Zip(ToyLanguage.Texts(count, seed + 1),
            (a, b) => new Row { Sentence1 = a.Text, Sentence2 = b.Text, Text = s_names[a.Label] }));
        using BertExperimentResult result = Experiment(Settings("Text") with { Sentence2ColumnName = "Sentence2" }).Execute(Pairs(120, 3));
        Assert.All(result.RunDetails, run => Assert.Null(run.Exception));
        Assert.True(result.BestRun.Metric > 0.7);
    }

    [Fact]
    public void Rows_without_a_label_are_ignored_and_a_single_label_is_refused()
    {
        Row[] rows = [.. Rows(60, 3), new Row { Sentence1 = "good" }];
        using BertExperimentResult result = Experiment(Settings("Text")).Execute(_ml.Data.LoadFromEnumerable(rows));
        Assert.Equal(60, result.BestRun.ValidationRows);
        Exception error = Assert.Throws<InvalidOperationException>(
            () => Experiment(Settings("Text")).Execute(_ml.Data.LoadFromEnumerable(rows.Where(row => row.Text == "good"))));
        Assert.Contains("Column 'Text' has 1 label", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_set_replaces_the_folds()
    {
        using BertExperimentResult result =
            Experiment(Settings("Text") with { FineTunes = true }).Execute(Data(24, seed: 3), Data(40, seed: 4));
        Assert.All(result.RunDetails.Where(run => run.Metric is not null), run => Assert.Equal(40, run.ValidationRows));
        Assert.True(result.IsTrainedOnAllRows);
    }

    private BertExperiment Experiment(TextClassificationExperimentSettings settings) =>
        _ml.BertAuto().CreateTextClassificationExperiment(settings);

    private static TextClassificationExperimentSettings Settings(string label) => new()
    {
        LabelColumnName = label,
        Models = [s_model],
        FineTunes = false,
    };

    private IDataView Data(int count, int seed)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Rows(count, seed));
        return _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(_ml.Data.LoadFromEnumerable(Rows(20, seed: 1))).Transform(rows);
    }

    private static Row[] Rows(int count, int seed) =>
        [.. ToyLanguage.Texts(count, seed)
            .Select(row => new Row { Sentence1 = row.Text, Text = s_names[row.Label], Flag = row.Label == 1 })];

    private static object[] Values(IDataView data, string column) => data.Schema[column].Type switch
    {
        TextDataViewType => [.. data.GetColumn<string>(column)],
        BooleanDataViewType => [.. data.GetColumn<bool>(column).Select(value => (object)value)],
        _ => [.. data.GetColumn<uint>(column).Select(value => (object)value)],
    };

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string Text { get; set; } = "";

        public bool Flag { get; set; }
    }
}
