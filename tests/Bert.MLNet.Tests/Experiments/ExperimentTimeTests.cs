using Bert.MLNet.Tests.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Experiments;

/// <summary>What becomes of an experiment whose time is up, on a clock that only questions advance.</summary>
[Collection(UsesTorch.Name)]
public sealed class ExperimentTimeTests : IDisposable
{
    private static readonly BertModel s_model = ToyLanguage.Model();

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(1000)]
    public void An_experiment_ends_in_its_time_and_keeps_the_best(int milliseconds)
    {
        var clock = new ManualClock(TimeSpan.FromMilliseconds(milliseconds));
        long start = clock.GetTimestamp();
        using BertExperimentResult result =
            Experiment(Settings with { Time = clock, MaxExperimentTimeInSeconds = 60 }).Execute(Data(24, seed: 3));
        Assert.InRange(clock.GetElapsedTime(start).TotalSeconds, 0, 60 + 30 * milliseconds / 1000.0); // a few questions after the end
        Assert.NotNull(result.BestRun.Metric);
        Assert.NotEmpty(result.Model.Transform(Data(5, seed: 4)).Schema);
        if (milliseconds > 20)
            Assert.Contains(result.RunDetails, run => run.Exception is TimeoutException
                or OperationCanceledException || run.Metric is null);
    }

    [Fact]
    public void A_cancelled_experiment_keeps_the_best_and_says_so()
    {
        using var stop = new CancellationTokenSource();
        var seen = new Reports(run =>
        {
            if (run.TrainerName.StartsWith("static embeddings,", StringComparison.Ordinal))
                stop.Cancel();
        });
        using BertExperimentResult result =
            Experiment(Settings with { CancellationToken = stop.Token }).Execute(Data(60, seed: 3), progressHandler: seen);
        Assert.Equal("it was cancelled", result.StopReason);
        Assert.True(result.IsTrainedOnAllRows);
        Assert.Equal(["majority", "n-grams, SDCA", "n-grams, SDCA, L2 0.3", "n-grams, SDCA, L2 0.03", "n-grams, SDCA, L2 3",
            "static embeddings, LBFGS, L2 0.3"], seen.Runs.Select(run => run.TrainerName));
        Assert.Contains(result.BestRun.TrainerName, seen.Runs.Select(run => run.TrainerName));
    }

    [Fact]
    public void An_experiment_that_is_cancelled_before_anything_was_compared_throws() =>
        Assert.Throws<OperationCanceledException>(
            () => Experiment(Settings with { CancellationToken = new(canceled: true) }).Execute(Data(60, seed: 3)));

    [Fact]
    public void An_interrupted_experiment_goes_on_with_what_is_known_and_another_one_is_refused()
    {
        TextClassificationExperimentSettings settings = Settings with { CheckpointFolder = _folder["kept"], FineTunes = false };
        int fitted = 0;
        var counted = new BertVectorTrainer("counted", (ml, label, features) =>
        {
            fitted++;
            return ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(label, features);
        });
        using BertExperimentResult first = Experiment(settings with { VectorTrainers = [counted] }).Execute(Data(60, seed: 3));
        Assert.InRange(fitted, 10, 11); // two kinds of vectors, five folds, and perhaps the last training
        // A process that was killed has left half of a line.
        File.AppendAllText(_folder["kept", "trials.jsonl"], "{\"Name\":\"n-gr");
        fitted = 0;
        using BertExperimentResult again = Experiment(settings with { VectorTrainers = [counted] }).Execute(Data(60, seed: 3));
        Assert.InRange(fitted, 0, 1);
        Assert.Equal(first.RunDetails.Select(run => (run.TrainerName, run.Metric)),
            again.RunDetails.Select(run => (run.TrainerName, run.Metric)));
        Exception error = Assert.Throws<InvalidOperationException>(() => Experiment(settings).Execute(Data(61, seed: 3)));
        Assert.Contains("belongs to an experiment with other rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainings_go_on_from_their_checkpoints_and_predict_as_if_they_had_not_paused()
    {
        // One validation part: a quarter of each training, a half, and the rest.
        TextClassificationExperimentSettings settings = Settings with { CheckpointFolder = _folder["kept"] };
        var seen = new Reports(_ => { });
        using BertExperimentResult result = Experiment(settings).Execute(Data(24, seed: 3), Data(40, seed: 4), seen);
        string[] reported = [.. seen.Runs.Where(run => run.TrainerName.StartsWith("fine-tuning", StringComparison.Ordinal))
            .Select(run => run.TrainerName)];
        string[] finished = [.. reported.CountBy(name => name).Where(count => count.Value == 3).Select(count => count.Key)];
        Assert.NotEmpty(finished);
        Assert.All(finished, name => Assert.NotNull(result.RunDetails.Single(run => run.TrainerName == name).Metric));
        Assert.InRange(finished.Length, 1, (reported.Distinct().Count() + 3) / 2);
    }

    private BertExperiment Experiment(TextClassificationExperimentSettings settings) =>
        _ml.BertAuto().CreateTextClassificationExperiment(settings);

    private static TextClassificationExperimentSettings Settings => new() { Models = [s_model] };

    private IDataView Data(int count, int seed) =>
        _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(count, seed).Select(row => new Row { Sentence1 = row.Text, Label = row.Label == 1 }).ToArray());

    private sealed class Row
    {
        public string Sentence1 { get; set; } = "";

        public bool Label { get; set; }
    }

    private sealed class Reports(Action<BertRunDetail> onReport) : IProgress<BertRunDetail>
    {
        public List<BertRunDetail> Runs { get; } = [];

        public void Report(BertRunDetail value)
        {
            Runs.Add(value);
            onReport(value);
        }
    }
}
