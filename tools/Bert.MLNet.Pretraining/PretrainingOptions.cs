using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>The options of <see cref="Pretrainer"/>, named as in HuggingFace's TrainingArguments if they exist there.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>The maximum learning rate. Default: 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The share of the training in which the learning rate rises. Default: 0.02.</summary>
    public double WarmupRatio { get; init; } = 0.02;

    public AdamWOptions Optimizer { get; init; } = new() { Beta2 = 0.98, Epsilon = 1e-6 };

    /// <summary>
    /// The factor for the learning rate of the token embeddings. At 1, they lose the information from co-occurrence within minutes. At 0,
    /// they do not change. Default: 1.
    /// </summary>
    public double WordEmbeddingsRate { get; init; } = 1;

    /// <summary>The same for all other parameters. Default: 1.</summary>
    public double OtherRate { get; init; } = 1;

    /// <summary>Gradients with a larger norm are scaled down to it. Default: 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>The seed for all random numbers. Default: 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>
    /// The number of threads, each with a replica that shares the weights. With one, every run has the same result, bit for bit. Default:
    /// the number of processors.
    /// </summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The maximum number of updates. Default: no limit.</summary>
    public long MaxSteps { get; init; } = long.MaxValue;

    /// <summary>The maximum time, including the time before an interruption; the schedule follows it. Default: no limit.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.MaxValue;

    /// <summary>The number of updates between two log messages. Default: 50.</summary>
    public int LoggingSteps { get; init; } = 50;

    /// <summary>The number of updates between two evaluations on held-out text. Default: 1,000.</summary>
    public int EvalSteps { get; init; } = 1000;

    /// <summary>The time between two checkpoints. Default: five minutes.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The number of checkpoints to keep. Default: 3.</summary>
    public int SaveTotalLimit { get; init; } = 3;
}
