using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>
/// How a checkpoint is fine-tuned: what the options of all trainers have in common. The names are those of HuggingFace's TrainingArguments
/// where these have the same thing.
/// </summary>
public abstract record BertTrainingOptions
{
    /// <summary>The checkpoint to start from. Default null: <see cref="BertModel.Default"/>.</summary>
    public BertModel? Model { get; init; }

    /// <summary>Rows of a batch. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Tokens of a batch, padding included: as many rows as fit, in place of <see cref="BatchSize"/>. Default null: not used.
    /// </summary>
    public int? TokensPerBatch { get; init; }

    /// <summary>Batches of one update. Default 1.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Passes over the rows, at most. Default 10.</summary>
    public int MaxEpochs { get; init; } = 10;

    /// <summary>
    /// The highest learning rate. Default null: 5e-5 for a checkpoint whose hidden states have 768 values, and more for smaller ones, in
    /// inverse proportion.
    /// </summary>
    public double? LearningRate { get; init; }

    /// <summary>How the learning rate goes on after its peak. Default: linear to zero.</summary>
    public BertLearningRateSchedule LearningRateSchedule { get; init; }

    /// <summary>The share of the training in which the learning rate rises to its peak. Default 0.1.</summary>
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>What an update takes away of each weight, times the learning rate; biases and LayerNorm are spared. Default 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients with a larger Euclidean norm are scaled down to it. Default 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Dropout of hidden states, attention and classifier. Default null: what the checkpoint's config says.</summary>
    public double? Dropout { get; init; }

    /// <summary>Whether the embeddings stay as they are. Default false.</summary>
    public bool FreezeEmbeddings { get; init; }

    /// <summary>How many layers, from the first, stay as they are. Default 0.</summary>
    public int FrozenLayers { get; init; }

    /// <summary>
    /// What the learning rate is multiplied with from each layer to the one below; the embeddings are the lowest. Default 1.
    /// </summary>
    public double LayerwiseLearningRateDecay { get; init; } = 1;

    /// <summary>
    /// The rank of low-rank adapters (LoRA; Hu et al., 2021, arXiv:2106.09685), which are learnt in place of the encoder's weights and
    /// added to them at the end: what is fitted is a checkpoint like any other. The head is learnt as a whole. Default 0: no adapters. They
    /// want a higher <see cref="LearningRate"/>.
    /// </summary>
    public int LoraRank { get; init; }

    /// <summary>What adapters are multiplied with, divided by <see cref="LoraRank"/>. Default 8, as in HuggingFace's peft.</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>
    /// The parts of a layer that get adapters, by the ends of BERT's names, whatever the model's family. Default <c>query</c> and
    /// <c>value</c>.
    /// </summary>
    public IReadOnlyList<string> LoraTargets { get; init => field = value?.ToArray()!; } = ["query", "value"];

    /// <summary>
    /// The rows by which epochs are compared, with the columns of the training data. Default null: as <see cref="ValidationFraction"/>
    /// says.
    /// </summary>
    public IDataView? ValidationSet { get; init; }

    /// <summary>The share of the rows that is kept for validation where there is no validation set. Default 0: none.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>
    /// Epochs without a better metric on the validation rows after which the training stops; null: never. Default 3. Epochs that end before
    /// update 200
    /// do not count, nor those in which the training loss fell by more than 5 % of what it was in the first epoch, nor those before the
    /// first right
    /// answer, whose metric is 0. <see cref="TrainingProgress.StopReason"/> and the log say when and why a training stopped.
    /// </summary>
    public int? EarlyStoppingPatience { get; init; } = 3;

    /// <summary>
    /// The longest sequence in tokens, special ones included; of what is longer the longer text is cut, unless the task reads windows.
    /// Default null: as much as the checkpoint takes; for question answering at most 384.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Where all chance comes from. Default null: the seed of the MLContext, or 42 where it has none.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Threads of the processor. The result is the same, to the last bit, whatever their number. Default null: as many as the machine has
    /// cores.
    /// </summary>
    public int? NumberOfThreads { get; init; }

    /// <summary>
    /// What computes: <c>cpu</c>, or <c>cuda</c> or <c>cuda:n</c>, an NVIDIA GPU, which takes libtorch for CUDA. Weights and the
    /// optimizer's state stay in the processor's memory. What is fitted is no other, and runs on the processor. Default <c>cpu</c>.
    /// </summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The type of matrix products. Default: single precision.</summary>
    public BertPrecision Precision { get; init; }

    /// <summary>
    /// A folder for checkpoints. A training that finds one there goes on from it, as if it had not been interrupted; one that was finished
    /// is not repeated. Default null: none are written.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Updates between two checkpoints; there is one at the end, too, and after <see cref="SaveInterval"/>. Default 500.</summary>
    public int SaveSteps { get; init; } = 500;

    /// <summary>
    /// Time after which there is a checkpoint, however few updates were done since the last. It grows where checkpoints are large, so that
    /// writing them takes at most a twentieth of the training. Default: 30 seconds; null: <see cref="SaveSteps"/> alone decides.
    /// </summary>
    public TimeSpan? SaveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Updates between two reports; there is one at the end of each epoch, too. Default 50.</summary>
    public int LoggingSteps { get; init; } = 50;

    /// <summary>Receives reports, on the thread that calls <c>Fit</c>. Default null.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Ends the training after the running update. <c>Fit</c> then returns the best epoch so far, or the weights as they are where nothing
    /// was validated yet; in <see cref="CheckpointFolder"/> the training can be taken up again.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>How the fitted transformer gathers rows into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <summary>The checkpoint of these options, whether they name one or not.</summary>
    internal BertModel Checkpoint => Model ?? BertModel.Default;

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <summary>The clock that <see cref="SaveInterval"/> goes by.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The highest learning rate for a checkpoint of this shape.</summary>
    internal double LearningRateFor(BertConfig config) => LearningRate ?? 5e-5 * 768 / config.HiddenSize;

    /// <summary>These options with the checkpoint and its longest sequence in place of nulls, checked.</summary>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has no weights that can learn.</exception>
    internal static TOptions Resolve<TOptions>(TOptions options)
        where TOptions : BertTrainingOptions
    {
        RequiredOptions.Check(options);
        BertModel model = options.Checkpoint;
        FineTuning.Check(model);
        options.Check(model);
        return (TOptions)((BertTrainingOptions)options with
        {
            Model = model,
            MaxLength = options.MaxLength ?? options.LongestOf(model),
            Batching = options.Batching.Validated(),
        });
    }

    /// <summary>
    /// The longest sequence that is read of a checkpoint's where the options name none; null: the step that is fitted decides.
    /// </summary>
    private protected virtual int? LongestOf(BertModel model) => model.MaxSequenceLength;

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal virtual void Check(BertModel model)
    {
        AtLeast(1, BatchSize, nameof(BatchSize));
        AtLeast(1, TokensPerBatch ?? 1, nameof(TokensPerBatch));
        AtLeast(1, GradientAccumulationSteps, nameof(GradientAccumulationSteps));
        AtLeast(1, MaxEpochs, nameof(MaxEpochs));
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
        Require(TrainingDevice.IsName(Device), nameof(Device), Device, "'cpu', 'cuda' or 'cuda:n' with the number of a GPU, from 0");
        Require(Enum.IsDefined(Precision), nameof(Precision), Precision, "a precision");

        static void AtLeast(int least, int value, string name) => Require(value >= least, name, value, $"at least {least}");
    }

    /// <summary>Complains of an option by its name.</summary>
    private protected static void Require(bool holds, string name, object? value, string due)
    {
        if (!holds)
        {
            string what = value is IFormattable or string ? $"{name} is {value}; it must be {due}." : $"{name} must be {due}.";
            throw new ArgumentOutOfRangeException(name, what);
        }
    }
}
