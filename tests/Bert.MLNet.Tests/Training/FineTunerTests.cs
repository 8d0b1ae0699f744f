using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class FineTunerTests
{
    private static readonly BertModel s_model = ToyLanguage.Model();
    private static readonly TrainingRow[] s_train = ToyLanguage.Rows(s_model, 240, seed: 1),
        s_validation = ToyLanguage.Rows(s_model, 60, seed: 2);

    public FineTunerTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("BertModel"), InlineData("DistilBertModel"), InlineData("MPNetModel"), InlineData("XLMRobertaModel"),
        InlineData("ElectraModel"), InlineData("AlbertModel")]
    [InlineData("ModernBertModel"), InlineData("DebertaV2Model"), InlineData("NomicBertModel")]
    public void A_word_that_decides_is_learnt_without_error(string architecture)
    {
        var reports = new Reports();
        Train(new Options { MaxEpochs = 12, LearningRate = 4e-3, EarlyStoppingPatience = null, Progress = reports },
            ToyLanguage.Model(architecture), s_train, s_validation);
        Assert.Equal(1.0, reports.All.Where(report => report.Metric is not null).Max(report => report.Metric));
    }

    [Fact]
    public void An_update_equals_a_bare_loop_over_torch()
    {
        TrainingRow[] rows = [.. s_train.Take(24)];
        var options = new Options
        {
            BatchSize = 24,
            MaxEpochs = 1,
            Dropout = 0,
            LearningRate = 1e-2,
            WarmupRatio = 0,
            LearningRateSchedule = BertLearningRateSchedule.Constant,
            MaxGradNorm = double.PositiveInfinity,
            WeightDecay = 0.1,
        };
        Dictionary<string, float[]> trained = Values(Train(options, s_model, rows, []));

        using DisposeScope scope = torch.NewDisposeScope();
        torch.manual_seed(options.Seed!.Value);
        using var module = new BertForSequenceClassification(
            Config(s_model) with { HiddenDropoutProb = 0, AttentionProbsDropoutProb = 0, ClassifierDropout = 0 });
        module.Load(s_model.Weights!, name => !s_model.Weights!.Contains(name));
        torch.nn.functional.cross_entropy(
            module.Forward(new PaddedBatch(rows)), torch.tensor(rows.Select(row => (long)row.Targets[0]).ToArray())).backward();
        TorchSharp.Modules.Parameter words = module.Bert.WordEmbeddings;
        words.grad = words.grad!.to_dense(); // torch's own AdamW takes no sparse ones
        bool Decays(string name) =>
            name.EndsWith(".weight", StringComparison.Ordinal) && !name.Contains("LayerNorm", StringComparison.Ordinal);
        foreach (bool decays in (bool[])[true, false])
            torch.optim.AdamW(module.State().Where(p => Decays(p.Name) == decays).Select(p => p.Parameter), 1e-2,
                weight_decay: decays ? 0.1 : 0).step();

        foreach ((string name, var parameter) in module.State())
        {
            // The first step of Adam is the sign of the gradient, which rounding decides where the gradient is next to nothing.
            float[] gradient = parameter.grad!.data<float>().ToArray(), expected = parameter.data<float>().ToArray(),
                actual = trained[name];
            for (int i = 0; i < expected.Length; i++)
            {
                if (Math.Abs(gradient[i]) > 1e-5)
                    Assert.Equal(expected[i], actual[i], 1e-4f);
            }
        }
    }

    [Fact]
    public void A_training_without_a_number_of_epochs_has_more_for_fewer_rows()
    {
        var reports = new Reports();
        Train(new Options { BatchSize = 2, Progress = reports }, s_model, [.. s_train.Take(64)], []);
        Assert.Equal((22, 22 * 32), (reports.All[^1].Epoch, reports.All[^1].Step)); // 120 / √32 = 21.2
    }

    [Fact]
    public void Accumulated_batches_make_the_update_of_one_large_batch()
    {
        TrainingRow[] rows = [.. s_train.Take(48)];
        var options = new Options { MaxEpochs = 1, Dropout = 0, LearningRate = 1e-3, WarmupRatio = 0, BatchSize = 48 };
        var parts = new Options
        {
            MaxEpochs = 1,
            Dropout = 0,
            LearningRate = 1e-3,
            WarmupRatio = 0,
            BatchSize = 12,
            GradientAccumulationSteps = 4,
        };
        Dictionary<string, float[]> large = Values(Train(options, s_model, rows, [])), small = Values(Train(parts, s_model, rows, []));
        double difference = large.Average(p => p.Value.Zip(small[p.Key]).Average(v => Math.Abs(v.First - v.Second)));
        Assert.InRange(difference, 0, 1e-5);
    }

    [Theory]
    [InlineData(1), InlineData(7), InlineData(8), InlineData(15), InlineData(29)]
    public void A_training_that_was_stopped_and_went_on_equals_one_that_was_not(int stopAtStep)
    {
        using TemporaryFolder unbroken = new(), broken = new();
        Options New(string folder) => new() { MaxEpochs = 4, BatchSize = 30, LoggingSteps = 1, SaveSteps = 4, CheckpointFolder = folder };
        BertModel expected = Train(New(unbroken.Path), s_model, s_train, s_validation);

        using var stop = new CancellationTokenSource();
        var stopper = new Reports(report =>
        {
            if (report.Step == stopAtStep)
                stop.Cancel();
        });
        Options first = New(broken.Path) with { CancellationToken = stop.Token, Progress = stopper };
        Train(first, s_model, s_train, s_validation);
        var reports = new Reports();
        Options second = New(broken.Path) with { Progress = reports };
        BertModel actual = Train(second, s_model, s_train, s_validation);

        Assert.True(reports.All[0].Step >= stopAtStep, "It went on, and did not begin anew.");
        Equal(expected, actual);
    }

    [Fact]
    public void A_training_that_ends_before_its_first_save_steps_goes_on_from_a_checkpoint_by_time()
    {
        using TemporaryFolder unbroken = new(), first = new(), broken = new();
        BertModel expected = Train(
            new Options { MaxEpochs = 1, BatchSize = 30, CheckpointFolder = unbroken.Path }, s_model, s_train, s_validation);
        Assert.Equal(["checkpoint-8"], Checkpoints(unbroken)); // the one at the end

        Directory.CreateDirectory(first["checkpoint-3.tmp"]); // which a killed process left
        var time = new ManualTime();
        var watch = new Reports(report =>
        {
            time.Advance(TimeSpan.FromSeconds(16));
            if (report.Step != 7)
                return;
            // what a process that is killed now has on the disk
            foreach (string file in Directory.GetFiles(first.Path, "*", SearchOption.AllDirectories))
            {
                string copy = broken[Path.GetRelativePath(first.Path, file)];
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        });
        Equal(expected, Train(New(first) with { Progress = watch }, s_model, s_train, s_validation));
        Assert.Equal(["checkpoint-4", "checkpoint-6"], Checkpoints(broken)); // after 32 seconds each; two are kept

        var reports = new Reports();
        Options second = New(broken) with { Progress = reports };
        Equal(expected, Train(second, s_model, s_train, s_validation));
        Assert.Equal(7, reports.All[0].Step);

        Options New(TemporaryFolder folder) => new()
        {
            MaxEpochs = 1,
            BatchSize = 30,
            LoggingSteps = 1,
            CheckpointFolder = folder.Path,
            Time = time,
        };
        static string[] Checkpoints(TemporaryFolder folder) =>
            [.. Directory.GetDirectories(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Large_checkpoints_take_a_twentieth_of_the_time_at_most()
    {
        using var folder = new TemporaryFolder();
        // so that a save, which asks twice, takes 3 seconds, and is due after 60
        var time = new ManualTime { PerQuestion = TimeSpan.FromSeconds(3) };
        var steps = new List<long>();
        Train(new Options
        {
            MaxEpochs = 3, BatchSize = 30, LoggingSteps = 1, CheckpointFolder = folder.Path, SaveInterval = TimeSpan.FromSeconds(1),
            Time = time,
            Progress = new Reports(report =>
            {
                steps.Add(report.Step);
                if (Directory.Exists(folder[$"checkpoint-{report.Step - 1}"]))
                    steps.Add(-report.Step + 1);
            }),
        }, s_model, s_train, []);
        long[] saved = [.. steps.Where(step => step < 0).Select(step => -step)];
        Assert.Equal(1, saved[0]); // nobody knows yet how long one takes
        Assert.All(saved.Skip(1).Zip(saved), pair => Assert.InRange(pair.First - pair.Second, 60 / 3, int.MaxValue));
    }

    [Theory]
    [InlineData(2), InlineData(5)]
    public void The_number_of_threads_does_not_change_a_bit(int threads) =>
        Equal(Train(new Options { MaxEpochs = 2, NumberOfThreads = 1 }, s_model, s_train, []),
            Train(new Options { MaxEpochs = 2, NumberOfThreads = threads }, s_model, s_train, []));

    [Fact]
    public void Torchs_own_threads_are_as_many_as_before()
    {
        int before = torch.get_num_threads();
        torch.set_num_threads(3);
        Train(new Options { MaxEpochs = 1 }, s_model, s_train, []);
        Assert.Equal(3, torch.get_num_threads());
        torch.set_num_threads(before);
    }

    [Fact]
    public void The_seed_changes_what_is_learnt()
    {
        BertModel one = Train(new Options { MaxEpochs = 1, Seed = 1 }, s_model, s_train, []),
            two = Train(new Options { MaxEpochs = 1, Seed = 2 }, s_model, s_train, []);
        Assert.NotEqual(Values(one)["classifier.weight"], Values(two)["classifier.weight"]);
    }

    [Fact]
    public void The_weights_of_the_best_epoch_are_kept_and_the_training_ends_when_it_stays_the_best()
    {
        var reports = new Reports();
        var objective = new ScriptedMetric(0.2, 0.9, 0.5, 0.9, 0.1, 1.0);
        var options = new Standstill { MaxEpochs = 6, EarlyStoppingPatience = 3, Progress = reports };
        BertModel kept = Train(options, s_model, s_train, s_validation, objective);
        Assert.Equal((5, "Scripted has not risen above 0.9000, that of epoch 2, in 3 epochs (EarlyStoppingPatience)", TimeSpan.Zero),
            (reports.All[^1].Epoch, reports.All[^1].StopReason, reports.All[^1].EstimatedTimeRemaining));
        Assert.All(reports.All.SkipLast(1), report => Assert.Null(report.StopReason));

        Equal(Train(new Standstill { MaxEpochs = 2 }, s_model, s_train, s_validation, new ScriptedMetric(0.2, 0.9)), kept);
    }

    [Fact]
    public void Epochs_with_nothing_right_yet_do_not_end_the_training()
    {
        var reports = new Reports();
        BertModel kept = Train(new Standstill { MaxEpochs = 6, EarlyStoppingPatience = 1, Progress = reports }, s_model, s_train,
            s_validation, new ScriptedMetric(0, 0, 0, 0.3, 0.1, 0.1));
        Assert.Equal(5, reports.All[^1].Epoch);
        Equal(Train(new Standstill { MaxEpochs = 4 }, s_model, s_train, s_validation, new ScriptedMetric(0.1, 0.2, 0.3, 0.4)), kept);
    }

    [Fact]
    public void A_small_training_that_learns_late_is_not_stopped_before()
    {
        var reports = new Reports();
        // Eight updates an epoch; in the first third of 24 epochs the learning rate rises from next to nothing, and the metric stands
        // still.
        Train(new Options { MaxEpochs = 24, LearningRate = 4e-3, WarmupRatio = 0.9, Dropout = 0, Progress = reports }, s_model, s_train,
            s_validation);
        double[] metrics = [.. reports.All.Where(report => report.Metric is not null).Select(report => report.Metric!.Value)];
        Assert.Equal(24, metrics.Length);
        Assert.InRange(metrics.Max(), 0.95, 1);
    }

    [Fact]
    public void A_training_that_has_learnt_all_stops_and_says_why()
    {
        var reports = new Reports();
        var log = new List<string>();
        var ml = new MLContext(1);
        ml.Log += (_, entry) => log.Add(entry.Message);
        FineTuning.Run(((IHostEnvironment)ml).Register("test"), s_model, Config(s_model), new SingleLabelObjective([], 0),
            new Options { MaxEpochs = 100, LearningRate = 4e-3, Progress = reports }, s_train, s_validation);
        TrainingProgress last = reports.All[^1];
        Assert.InRange(last.Epoch, 25, 60); // eight updates an epoch, so the 25th is the first to count
        Assert.StartsWith("MicroAccuracy has not risen above 1.0000, that of epoch ", last.StopReason, StringComparison.Ordinal);
        Assert.Contains(log, message =>
            message.Contains($"The training stops in epoch {last.Epoch} of 100: {last.StopReason}.", StringComparison.Ordinal));
    }

    [Fact]
    public void Cancelling_keeps_the_best_epoch_so_far()
    {
        using var stop = new CancellationTokenSource();
        var reports = new Reports(report =>
        {
            if (report.Epoch == 3)
                stop.Cancel();
        });
        var options = new Options
        {
            MaxEpochs = 6, LoggingSteps = 1, LearningRateSchedule = BertLearningRateSchedule.Constant, WarmupRatio = 0,
            CancellationToken = stop.Token, Progress = reports,
        };
        BertModel kept = Train(options, s_model, s_train, s_validation, new ScriptedMetric(0.9, 0.5));
        Assert.Equal("it was cancelled", reports.All[^1].StopReason);
        BertModel expected = Train(
            new Options
            {
                MaxEpochs = 1,
                LearningRateSchedule = BertLearningRateSchedule.Constant,
                WarmupRatio = 0,
            }, s_model, s_train, s_validation, new ScriptedMetric(0.9));
        Equal(expected, kept);
    }

    [Fact]
    public void Nothing_is_returned_when_it_is_cancelled_before_it_began()
    {
        var options = new Options { CancellationToken = new CancellationToken(canceled: true) };
        Assert.Throws<OperationCanceledException>(() => Train(options, s_model, s_train, []));
    }

    [Fact]
    public void Frozen_embeddings_and_layers_stay_as_they_are()
    {
        Dictionary<string, float[]> before = Values(s_model),
            after = Values(Train(new Options { MaxEpochs = 1, FreezeEmbeddings = true, FrozenLayers = 1 }, s_model, s_train, []));
        foreach ((string name, float[] values) in before)
        {
            string canonical = ModuleState.Canonical(name);
            bool frozen = canonical.StartsWith("embeddings.", StringComparison.Ordinal)
                || canonical.StartsWith("encoder.layer.0.", StringComparison.Ordinal);
            Assert.Equal(frozen, values.AsSpan().SequenceEqual(after["bert." + canonical]));
        }
    }

    [Theory]
    [InlineData("classifier.weight", 1), InlineData("pooler.dense.bias", 1), InlineData("encoder.layer.1.output.dense.weight", 0.5)]
    [InlineData("encoder.layer.0.attention.self.query.weight", 0.25), InlineData("embeddings.word_embeddings.weight", 0.125)]
    public void Lower_layers_learn_more_slowly(string name, double rate) =>
        Assert.Equal(rate, new ParameterRates(s_model.Config, freezeEmbeddings: false, frozenLayers: 0, layerwiseDecay: 0.5).Of(name));

    [Theory]
    [InlineData("classifier.weight", 1, 1), InlineData("encoder.layer.0.output.dense.weight", 0.5, 0),
        InlineData("embeddings.projection.weight", 0.25, 0.25)]
    public void A_layer_that_all_share_is_one_in_rates_and_is_frozen_with_any(string name, double rate, double rateIfFrozen)
    {
        BertConfig config = ToyLanguage.Model("AlbertModel").Config;
        Assert.Equal(rate, new ParameterRates(config, freezeEmbeddings: false, frozenLayers: 0, layerwiseDecay: 0.5).Of(name));
        Assert.Equal(rateIfFrozen,
            new ParameterRates(config, freezeEmbeddings: false, config.NumHiddenLayers, layerwiseDecay: 0.5).Of(name));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_with_step_rows_and_a_hint()
    {
        TrainingRow[] rows = [.. s_train.Select((row, i) => i == 77 ? row with { Targets = [float.NaN] } : row)];
        Exception error = Assert.Throws<InvalidOperationException>(
            () => Train(new Options { BatchSize = 8 }, s_model, rows, [], new RegressionObjective()));
        Assert.Contains("step ", error.Message, StringComparison.Ordinal);
        Assert.Contains(" 77", error.Message, StringComparison.Ordinal);
        Assert.Contains("LearningRate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_of_another_training_are_refused()
    {
        using var folder = new TemporaryFolder();
        Train(new Options { MaxEpochs = 1, CheckpointFolder = folder.Path }, s_model, s_train, []);
        Exception error = Assert.Throws<InvalidOperationException>(
            () => Train(new Options { MaxEpochs = 1, CheckpointFolder = folder.Path }, s_model, [.. s_train.Skip(1)], []));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_training_is_not_repeated()
    {
        using var folder = new TemporaryFolder();
        Options New() => new() { MaxEpochs = 2, CheckpointFolder = folder.Path };
        BertModel first = Train(New(), s_model, s_train, s_validation);
        var reports = new Reports();
        Options again = New() with { Progress = reports };
        Equal(first, Train(again, s_model, s_train, s_validation));
        Assert.Empty(reports.All);
    }

    /// <summary>
    /// Torch counts the tensors of a process, and in this one other tests make some and leave some to the garbage collector.
    /// </summary>
    [Fact]
    public void Tensors_do_not_pile_up() =>
        Assert.Equal(0, ChildProcess.Run(ChildProcess.Method(typeof(FineTunerTests), nameof(Count_tensors_in_a_process_of_its_own)))
            .ExitCode);

    [Fact(Explicit = true)]
    public void Count_tensors_in_a_process_of_its_own()
    {
        foreach (string architecture in (string[])["BertModel", "MPNetModel", "DebertaV2Model"])
        {
            using var module = new SentenceEncoder(ToyLanguage.Model(architecture).Config, new());
            long created = torch.Tensor.TotalCount;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(created, torch.Tensor.TotalCount); // nothing is left to the garbage collector
        }

        var counts = new List<long>();
        Train(new Options { MaxEpochs = 4, LoggingSteps = 5, Progress = new Reports(_ => counts.Add(torch.Tensor.TotalCount)) }, s_model,
            s_train, s_validation);
        Assert.Equal(counts[2], counts[^1]);
    }

    [Fact]
    public void Reports_say_how_far_it_is()
    {
        var reports = new Reports();
        Train(new Options { MaxEpochs = 2, BatchSize = 24, LoggingSteps = 4, LearningRate = 1e-3, WarmupRatio = 0.5, Progress = reports },
            s_model, s_train, s_validation);
        Assert.Equal([4, 8, 10, 12, 16, 20, 20], reports.All.Select(report => (int)report.Step));
        Assert.Equal([1, 1, 1, 2, 2, 2, 2], reports.All.Select(report => report.Epoch));
        Assert.Equal([0.2, 0.4, 0.5, 0.6, 0.8, 1, 1], reports.All.Select(report => Math.Round(report.Done, 6)));
        Assert.Equal(1, reports.All[1].LearningRate * 20 / 7 / 1e-3 * 0.5, 1e-6); // the eighth update, 7 of 20 after the start, half way up
        Assert.All(reports.All, report =>
            Assert.Equal(report.Step is 10 or 20 && report.Done is 0.5 or 1, report.Metric is not null || report.Step == 20));
        Assert.Equal(TimeSpan.Zero, reports.All[^1].EstimatedTimeRemaining);
    }

    [Fact]
    public void Bfloat16_products_learn_too()
    {
        var reports = new Reports();
        Train(new Options { MaxEpochs = 12, LearningRate = 4e-3, EarlyStoppingPatience = null, Precision = BertPrecision.BFloat16,
            Progress = reports }, s_model, s_train, s_validation);
        Assert.InRange(reports.All.Max(report => report.Metric) ?? 0, 0.95, 1);
    }

    private static BertModel Train(
        BertTrainingOptions options, BertModel model, TrainingRow[] train, TrainingRow[] validation, SequenceObjective? objective = null)
    {
        IHost host = ((IHostEnvironment)new MLContext(1)).Register("test");
        return FineTuning.Run(host, model, Config(model), objective ?? new SingleLabelObjective([], 0), options, train, validation);
    }

    private static BertConfig Config(BertModel model) => model.Config with
    {
        Architectures = [model.Config.Family.ClassFor("SequenceClassification")],
        Id2Label = new Dictionary<int, string> { [0] = "bad", [1] = "good" },
    };

    private static Dictionary<string, float[]> Values(BertModel model) =>
        model.Weights!.ToFile(model.Config).Tensors.ToDictionary(tensor => tensor.Name, TensorValues.Of);

    private static void Equal(BertModel expected, BertModel actual)
    {
        Dictionary<string, float[]> one = Values(expected), other = Values(actual);
        Assert.All(one, tensor => Assert.Equal(tensor.Value, other[tensor.Key]));
    }

    private sealed record Options : BertTrainingOptions
    {
        public Options() => (Seed, LearningRate) = (5, 2e-3);
    }

    /// <summary>120 updates an epoch that change next to nothing, so that every epoch from the second on counts.</summary>
    private sealed record Standstill : BertTrainingOptions
    {
        public Standstill() => (Seed, LearningRate, BatchSize, Dropout, WarmupRatio, LearningRateSchedule) =
            (5, 1e-6, 2, 0, 0, BertLearningRateSchedule.Constant);
    }

    private sealed class Reports(Action<TrainingProgress>? onReport = null) : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            onReport?.Invoke(value);
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;

        /// <summary>What goes by each time somebody asks.</summary>
        public TimeSpan PerQuestion { get; init; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan time) => _now += time.Ticks;

        public override long GetTimestamp() => _now += PerQuestion.Ticks;
    }

    /// <summary>Classification whose metric is told beforehand, an epoch after the other.</summary>
    private sealed class ScriptedMetric(params double[] metrics) : SequenceObjective
    {
        private readonly SingleLabelObjective _loss = new([], 0);
        private int _epoch;

        public override string MetricName => "Scripted";

        public override torch.Tensor Loss(torch.Tensor outputs, IReadOnlyList<TrainingRow> rows) => _loss.Loss(outputs, rows);

        public override double Metric(IReadOnlyList<(TrainingRow Row, float[] Outputs)> rows) => metrics[_epoch++];
    }
}
