using Microsoft.ML;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>The settings of a task: the library's trainers with a checkpoint or, as a baseline, ML.NET's n-grams and SDCA.</summary>
internal sealed class FineTuningSettings(int seed)
{
    public MLContext ML { get; } = new(seed);

    /// <summary>The initial checkpoint; null for n-grams.</summary>
    public BertModel? Model { get; init; }

    /// <summary>How a classifier of one text learns from the checkpoint.</summary>
    public ClassifierMethod Method { get; init; }

    /// <summary>The options of <see cref="ClassifierMethod.FewShot"/>.</summary>
    public BertFewShotOptions FewShot { get; init; } = new();

    /// <summary>The number of epochs; null for the trainers' own.</summary>
    public int? Epochs { get; init; }

    public int BatchSize { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>The dropout probability; null for the checkpoint's.</summary>
    public double? Dropout { get; init; }

    /// <summary>The factor of the learning rate from each layer to the one below.</summary>
    public double LayerwiseDecay { get; init; } = 1;

    /// <summary>The data type of matrix products.</summary>
    public BertPrecision Precision { get; init; }

    public bool BiEncoder { get; init; }

    /// <summary>Whether a classifier is also tested in int8.</summary>
    public bool Int8 { get; init; }

    /// <summary>The device that computes gradients.</summary>
    public string Device { get; init; } = "cpu";

    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>A trainer's options with what all of them share.</summary>
    public TOptions Common<TOptions>(TOptions options)
        where TOptions : BertTrainingOptions => (TOptions)((BertTrainingOptions)options with
        {
            Model = Model,
            MaxEpochs = Epochs,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            Dropout = Dropout,
            LayerwiseLearningRateDecay = LayerwiseDecay,
            Precision = Precision,
            Progress = Progress,
            Device = Device,
        });
}
