using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>How <see cref="Pretrainer"/> trains; named as HuggingFace's TrainingArguments where these have the same thing.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>The highest learning rate. Default: 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The share of the training in which the learning rate rises. Default: 0.02.</summary>
    public double WarmupRatio { get; init; } = 0.02;

    public AdamWOptions Optimizer { get; init; } = new() { Beta2 = 0.98, Epsilon = 1e-6 };

    /// <summary>
    /// What the learning rate of the token embeddings is multiplied with: at 1 they forget within minutes what co-occurrence has taught
    /// them. 0 keeps them as they are. Default: 1.
    /// </summary>
    public double WordEmbeddingsRate { get; init; } = 1;

    /// <summary>The same for all other parameters. Default: 1.</summary>
    public double OtherRate { get; init; } = 1;

    /// <summary>Gradients with a larger norm are scaled down to it. Default: 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Where all chance comes from. Default: 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Threads, each with a module of its own over the same weights. With one, a run is the same to the last bit every time. Default: the processors.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Updates after which the training ends. Default: no limit.</summary>
    public long MaxSteps { get; init; } = long.MaxValue;

    /// <summary>Time after which the training ends, parts before an interruption included; the schedule follows it. Default: no limit.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.MaxValue;

    /// <summary>Updates between two lines of the log. Default: 50.</summary>
    public int LoggingSteps { get; init; } = 50;

    /// <summary>Updates between two evaluations on held-out text. Default: 1,000.</summary>
    public int EvalSteps { get; init; } = 1000;

    /// <summary>Time between two checkpoints. Default: five minutes.</summary>
    public TimeSpan SaveInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Checkpoints kept. Default: 3.</summary>
    public int SaveTotalLimit { get; init; } = 3;
}
