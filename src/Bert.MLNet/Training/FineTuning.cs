using System.Globalization;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Fine-tunes a checkpoint on rows and returns the result as a checkpoint.</summary>
internal static class FineTuning
{
    private const int DefaultSeed = 42;

    // New weights are drawn from torch's single global generator.
    private static readonly Lock s_chance = new();

    /// <summary>Returns the seed of a training: that of the options or, if they have none, that of the MLContext.</summary>
    public static int SeedOf(BertTrainingOptions options, IHost host) => options.Seed ?? ContextSeed.Of(host) ?? DefaultSeed;

    /// <summary>Returns a checkpoint with trainable weights, which are those of its graph if it has no others.</summary>
    /// <exception cref="NotSupportedException">The checkpoint has none; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The weights of its graph do not belong to its config.</exception>
    public static BertModel Trainable(BertModel model) => !model.IsQuantized
        ? model.WithWeights()
        : throw new NotSupportedException(
            $"'{model.Name}' is int8, and int8 weights cannot be trained. Train the float checkpoint that it was created from, " +
            "and quantize the trained model: transformer.Model.Quantize().");

    /// <summary>Trains until all epochs are done, early stopping applies, or the user cancels.</summary>
    /// <param name="host">The host that receives the log and reports whether ML.NET's user has cancelled.</param>
    /// <param name="model">
    /// The checkpoint to start from. Its head is kept if it has the same kind and labels; otherwise a new one is created.
    /// </param>
    /// <param name="config">
    /// The config of the result: the checkpoint's config with the architecture, labels and problem type of the task.
    /// </param>
    /// <param name="objective">The training objective.</param>
    /// <param name="options">The training options.</param>
    /// <param name="train">The training rows, at least one.</param>
    /// <param name="validation">The rows to evaluate after each epoch; can be empty.</param>
    /// <exception cref="DllNotFoundException">The application does not include libtorch.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before the first update.</exception>
    public static BertModel Run<TModule>(
        IHost host,
        BertModel model,
        BertConfig config,
        TrainingObjective<TModule> objective,
        BertTrainingOptions options,
        TrainingRow[] train,
        TrainingRow[] validation)
        where TModule : TrainableModule
    {
        TorchRuntime.EnsureLoaded();
        Device? device = TrainingDevice.Open(options.Device);
        using IDisposable products = OneDnnProducts.Use();
        using IChannel channel = host.Start("Training");
        int seed = SeedOf(options, host);
        BertConfig shape = options.Dropout is { } dropout
            ? config with { HiddenDropoutProb = dropout, AttentionProbsDropoutProb = dropout, ClassifierDropout = dropout }
            : config;
        using ModuleReplicas<TModule> replicas = Open(model, shape, objective, options, seed, device);
        using TModule module = replicas.First;
        int epochs = options.MaxEpochs ?? EpochCount.For(train, options);
        channel.Info($"Training '{model.Name}' on {train.Length} rows, {validation.Length} for validation, " +
            $"at most {epochs} {(epochs == 1 ? "epoch" : "epochs")}, seed {seed}.");

        var tuner = new FineTuner<TModule>(replicas, objective, options, epochs, seed, progress =>
        {
            channel.Info(progress.StopReason is not { } reason ? Describe(progress)
                : string.Create(CultureInfo.InvariantCulture,
                    $"{Describe(progress)} The training stops in epoch {progress.Epoch} of {epochs}: {reason}."));
            options.Progress?.Report(progress);
        });
        string task = $"{objective.GetType().Name} {objective.Parameters}";
        string fingerprint = options.CheckpointFolder is null
            ? ""
            : TrainingFingerprint.Of(model, options, seed, task, train, validation);
        tuner.Run(train, validation, fingerprint, MustStop);
        double temperature = objective.Calibrate(replicas, validation);
        if (temperature != 1)
            channel.Info(string.Create(CultureInfo.InvariantCulture, $"The logits are divided by {temperature:F2}, to calibrate them."));
        objective.End(module);
        LowRankAdaptation.Merge(module);
        if (tuner.Best is { } best)
            channel.Info(string.Create(
                CultureInfo.InvariantCulture, $"The weights of epoch {best.Epoch} are kept: {objective.MetricName} {best.Metric:F4}."));
        BertSentenceOptions sentence = (module.Sentence ?? new()) with { MaxSequenceLength = model.Sentence.MaxSequenceLength };
        return model.WithTrained(config, module.ToWeights().Without(SentenceEncoder.LayerPrefix), sentence);

        bool MustStop()
        {
            try
            {
                host.CheckAlive();
                return options.CancellationToken.IsCancellationRequested;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }
    }

    private static ModuleReplicas<TModule> Open<TModule>(
        BertModel model,
        BertConfig config,
        TrainingObjective<TModule> objective,
        BertTrainingOptions options,
        int seed,
        Device? device)
        where TModule : TrainableModule
    {
        bool sameLstm = model.Config.ClassifierLstmSize == config.ClassifierLstmSize;
        bool sameHead = sameLstm && model.Config.Architectures.SequenceEqual(config.Architectures)
            && model.Config.Id2Label.OrderBy(label => label.Key).SequenceEqual(config.Id2Label.OrderBy(label => label.Key));
        BertWeights weights = model.TrainableWeights!;
        ScalarType precision = options.Precision == BertPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        lock (s_chance)
        {
            manual_seed(seed);
            TModule module = Create();
            try
            {
                module.Load(weights, name =>
                    !weights.Contains(name) || !sameHead && IsOfLabels(name, config) || !sameLstm && IsOfLstm(name, config));
                if (sameHead)
                    objective.Begin(module);
                return new ModuleReplicas<TModule>(module, Create, options.Threads, device);
            }
            catch
            {
                module.Dispose();
                throw;
            }
        }

        TModule Create()
        {
            TModule module = objective.CreateModule(config, precision);
            LowRankAdaptation.AddTo(module, options.LoraRank, options.LoraAlpha, options.LoraTargets, options.AdaptsDecoder);
            return module;
        }
    }

    /// <summary>
    /// Returns whether a parameter depends on the labels that a checkpoint has learned, and so cannot be used for others.
    /// </summary>
    private static bool IsOfLabels(string name, BertConfig config) =>
        config.Family.Heads(config).Any(head =>
            head.Kind.IsPerLabel() && head.Layers[^1] is var last && (name == last.Weight || name == last.Bias));

    private static bool IsOfLstm(string name, BertConfig config) =>
        config.Family.Heads(config).Any(head => head.Lstm?.Tensors.Any(tensor => tensor.Name == name) == true);

    private static string Describe(TrainingProgress progress)
    {
        string metric = progress.Metric is { } value
            ? string.Create(CultureInfo.InvariantCulture, $", {progress.MetricName} {value:F4}")
            : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"Epoch {progress.Epoch}, step {progress.Step}, {progress.Done:P0}: " +
            $"loss {progress.Loss:F4}, learning rate {progress.LearningRate:E2}{metric}, " +
            $"{progress.RowsPerSecond:F0} rows/s, {progress.EstimatedTimeRemaining:hh\\:mm\\:ss} left.");
    }
}
