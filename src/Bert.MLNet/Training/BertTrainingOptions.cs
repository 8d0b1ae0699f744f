using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>
/// The common options of all trainers. Immutable.
/// </summary>
/// <remarks>
/// Names are those of HuggingFace's TrainingArguments if it has the same option.
/// </remarks>
public abstract record BertTrainingOptions
{
    private const double TableLearningRate = 5e-3;

    /// <summary>The checkpoint to start from. Default null: <see cref="BertModel.Default"/>.</summary>
    public BertModel? Model { get; init; }

    /// <summary>The number of rows in a batch. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// The maximum number of tokens in a batch, padding included, which replaces <see cref="BatchSize"/>. Default null: not used.
    /// </summary>
    public int? TokensPerBatch { get; init; }

    /// <summary>The number of batches in an update. Default 1.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>
    /// The maximum number of passes over the rows. Default null: 120 divided by the square root of the number of updates in an epoch, at
    /// least 3 and at most 50. In batches of 32, these are 50 for 100 rows, 22 for 1,000, 7 for 10,000, and 3 for 51,200 or more.
    /// </summary>
    public int? MaxEpochs { get; init; }

    /// <summary>
    /// The peak learning rate. Default null: 5e-5 × 768 / hidden size, so 5e-5 for a checkpoint with a hidden size of 768; 5e-3 for a
    /// table of static embeddings.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>The schedule of the learning rate after its peak. Default: linear decrease to zero.</summary>
    public BertLearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>The share of the training in which the learning rate rises to its peak. Default 0.1.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>
    /// The share of each weight that an update removes, times the learning rate. Excludes biases and LayerNorm. Default 0.01.
    /// </summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The maximum Euclidean norm of the gradients. Larger gradients are scaled down to it. Default 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>
    /// The dropout probability of hidden states, attention and classifier. Default null: the values in the checkpoint's config.
    /// </summary>
    public double? Dropout { get; init; }

    /// <summary>
    /// Whether the embeddings are excluded from training, with all other weights that no single layer has, such as those for the distances
    /// of tokens. Default false.
    /// </summary>
    public bool FreezeEmbeddings { get; init; }

    /// <summary>
    /// The number of layers, counted from the first, that are excluded from training. Layers that share their weights, as in ALBERT, are
    /// excluded together. Default 0.
    /// </summary>
    public int FrozenLayers { get; init; }

    /// <summary>
    /// The factor of the learning rate from each layer to the one below; the embeddings are the lowest. Layers that share their weights
    /// count as one. Default 1.
    /// </summary>
    public double LayerwiseLearningRateDecay { get; init; } = 1;

    /// <summary>
    /// The rank of low-rank adapters (LoRA; Hu et al., 2021, arXiv:2106.09685), which are trained instead of the encoder's weights
    /// and added to them at the end. The result is a checkpoint like any other. The head is trained completely. Default 0: no
    /// adapters. Adapters need a higher <see cref="LearningRate"/>.
    /// </summary>
    public int LoraRank { get; init; }

    /// <summary>The factor of the adapters, before it is divided by <see cref="LoraRank"/>. Default 8, as in HuggingFace's peft.</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>
    /// The parts of a layer that receive adapters, given as the ends of BERT's parameter names in every family. Default
    /// <c>query</c> and <c>value</c>.
    /// </summary>
    public IReadOnlyList<string> LoraTargets
    {
        get;
        init => field = ContentList<string>.OfOrNull(value);
    } = new ContentList<string>(["query", "value"]);

    /// <summary>
    /// The rows to evaluate after each epoch, with the columns of the training data. Default null: those of
    /// <see cref="ValidationFraction"/>.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The share of the rows that is reserved for validation if there is no validation set. Default 0: none.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// The number of epochs without a better validation metric after which the training stops; null to disable early stopping.
    /// Default 3. The following epochs are not counted: epochs that end before update 200, epochs in which the training loss fell
    /// by more than 5 % of its value in the first epoch, and epochs before the first correct prediction, whose metric is 0.
    /// <see cref="TrainingProgress.StopReason"/> and the log report when and why a training stopped.
    /// </summary>
    public int? EarlyStoppingPatience { get; init; } = 3;

    /// <summary>
    /// The maximum length of a sequence in tokens, special tokens included. In a longer row, the longer text is truncated, unless
    /// the task reads windows. Default null: the checkpoint's maximum; for question answering, at most 384.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>The seed of all random numbers. Default null: the seed of the MLContext or, if it has none, 42.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// The number of processor threads. It does not affect the result, which is bit-identical. Default null: one for each core of
    /// the machine.
    /// </summary>
    public int? NumberOfThreads { get; init; }

    /// <summary>
    /// The device that computes: <c>cpu</c>, or an NVIDIA GPU as <c>cuda</c> or <c>cuda:n</c>, which requires libtorch for CUDA.
    /// Weights and the optimizer's state stay in the processor's memory. The fitted transformer is of the same kind and runs on the
    /// processor. Default <c>cpu</c>.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The data type of matrix products. Default: single precision.</summary>
    public BertPrecision Precision { get; init; }

    /// <summary>
    /// A folder for checkpoints. If it contains a checkpoint of this training, the training resumes from there as if it had not
    /// been interrupted; a finished training is not repeated. Default null: no checkpoints are written.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>
    /// The number of updates between checkpoints. Checkpoints are also written at the end and after <see cref="SaveInterval"/>. Default
    /// 500.
    /// </summary>
    public int SaveSteps { get; init; } = 500;

    /// <summary>
    /// The time after which a checkpoint is written, whatever the number of updates since the last one. It is extended for large
    /// checkpoints, so that writing them takes at most a twentieth of the training time. Default: 30 seconds; null: only
    /// <see cref="SaveSteps"/> applies.
    /// </summary>
    public TimeSpan? SaveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of updates between reports. There is also a report at the end of each epoch. Default 50.</summary>
    public int LoggingSteps { get; init; } = 50;

    /// <summary>Receives reports, on the thread that calls <c>Fit</c>. Default null: no reports.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Stops the training after the current update. <c>Fit</c> then returns the best epoch so far or, if nothing was validated yet,
    /// the current weights. With a <see cref="CheckpointFolder"/>, the training can be resumed.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>How the fitted transformer groups rows into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <summary>The checkpoint of these options, or the default one if they have none.</summary>
    internal BertModel Checkpoint => Model ?? BertModel.Default;

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <summary>The clock for <see cref="SaveInterval"/>.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Returns the peak learning rate for a checkpoint of this shape.</summary>
    internal double LearningRateFor(BertConfig config) =>
        LearningRate ?? (config.Shape.IsTable ? TableLearningRate : 5e-5 * 768 / config.HiddenSize);

    /// <summary>Returns these options with the checkpoint and its maximum length in place of nulls, after checking them.</summary>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no trainable weights.</exception>
    internal static TOptions Resolve<TOptions>(TOptions options)
        where TOptions : BertTrainingOptions
    {
        RequiredOptions.Check(options);
        BertModel model = options.TrainableFrom(options.Checkpoint);
        options.Check(model);
        return (TOptions)((BertTrainingOptions)options with
        {
            Model = model,
            MaxLength = options.MaxLength ?? options.LongestOf(model),
            Batching = options.Batching.Validated(),
        });
    }

    /// <summary>Returns the checkpoint with weights that this training can change.</summary>
    /// <exception cref="NotSupportedException">It has none.</exception>
    private protected virtual BertModel TrainableFrom(BertModel model) => FineTuning.Trainable(model);

    /// <summary>Returns the default maximum length for a checkpoint, or null to leave it to the fitted step.</summary>
    private protected virtual int? LongestOf(BertModel model) => model.MaxSequenceLength;

    /// <summary>Whether the layers of a decoder have adapters, too.</summary>
    internal virtual bool AdaptsDecoder => false;

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal virtual void Check(BertModel model)
    {
        AtLeast(1, BatchSize, nameof(BatchSize));
        AtLeast(1, TokensPerBatch ?? 1, nameof(TokensPerBatch));
        AtLeast(1, GradientAccumulationSteps, nameof(GradientAccumulationSteps));
        AtLeast(1, MaxEpochs ?? 1, nameof(MaxEpochs));
        AtLeast(1, EarlyStoppingPatience ?? 1, nameof(EarlyStoppingPatience));
        AtLeast(1, NumberOfThreads ?? 1, nameof(NumberOfThreads));
        AtLeast(1, SaveSteps, nameof(SaveSteps));
        Require(SaveInterval is null || SaveInterval > TimeSpan.Zero, nameof(SaveInterval), SaveInterval, "longer than no time");
        AtLeast(1, LoggingSteps, nameof(LoggingSteps));
        Require(LearningRate is null or (> 0 and < double.PositiveInfinity), nameof(LearningRate), LearningRate, "a number above 0");
        Require(WarmupRatio is >= 0 and < 1, nameof(WarmupRatio), WarmupRatio, "at least 0 and less than 1");
        Require(WeightDecay is >= 0 and < double.PositiveInfinity, nameof(WeightDecay), WeightDecay, "0 or more");
        Require(MaxGradNorm > 0, nameof(MaxGradNorm), MaxGradNorm, "above 0");
        Require(Dropout is null or (>= 0 and < 1), nameof(Dropout), Dropout, "at least 0 and less than 1");
        Require(FrozenLayers >= 0 && FrozenLayers <= model.Config.NumHiddenLayers, nameof(FrozenLayers), FrozenLayers,
            $"from 0 to the {model.Config.NumHiddenLayers} layers of '{model.Name}'");
        Require(LayerwiseLearningRateDecay is > 0 and <= 1, nameof(LayerwiseLearningRateDecay), LayerwiseLearningRateDecay,
            "above 0 and at most 1");
        Require(LoraRank >= 0, nameof(LoraRank), LoraRank, "0 or more");
        Require(LoraAlpha is > 0 and < double.PositiveInfinity, nameof(LoraAlpha), LoraAlpha, "above 0");
        LowRankAdaptation.CheckTargets(LoraTargets);
        Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "at least 0 and less than 1");
        Require(Enum.IsDefined(LearningRateSchedule), nameof(LearningRateSchedule), LearningRateSchedule, "a schedule");
        Require(ComputeDevice.TryParse(Device, out _), nameof(Device), Device, ComputeDevice.Names);
        Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "a precision");

        static void AtLeast(int least, int value, string name) => Require(value >= least, name, value, $"at least {least}");
    }

    /// <summary>Throws an exception that names an option with an invalid value.</summary>
    private protected static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            string what = value is IFormattable or string ? $"{name} is {value}; it must be {expected}." : $"{name} must be {expected}.";
            throw new ArgumentOutOfRangeException(name, what);
        }
    }
}
