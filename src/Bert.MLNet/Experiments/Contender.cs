namespace Bert.MLNet.Experiments;

/// <summary>A way to solve the task. Immutable.</summary>
internal abstract record Contender
{
    /// <summary>The description for users, which identifies the contender in an experiment.</summary>
    public abstract string Name { get; }

    /// <summary>The checkpoint; null for n-grams.</summary>
    public BertModel? Model { get; init; }

    /// <summary>A name of the checkpoint if there are several, otherwise empty.</summary>
    public string ModelName { get; init; } = "";

    /// <summary>The cost of a prediction, in an unspecified unit: it only orders contenders.</summary>
    public abstract double PredictionCost { get; }

    /// <summary>The name of the checkpoint in parentheses, if there are several.</summary>
    protected string OfModel => ModelName.Length > 0 ? $" ({ModelName})" : "";

    /// <summary>The number of weights of the encoder's matrix products, to which the time for a token is proportional.</summary>
    protected static double CostOf(BertModel model) =>
        model.Table is not null ? 2 : 12.0 * model.Config.NumHiddenLayers * model.Config.HiddenSize * model.Config.HiddenSize;
}

/// <summary>An ML.NET trainer on vectors that are computed once. Immutable.</summary>
/// <param name="Features">The vectors.</param>
/// <param name="Trainer">The trainer.</param>
internal sealed record VectorContender(VectorKind Features, VectorTrainerChoice Trainer) : Contender
{
    public override string Name => $"{Features.Name}, {Trainer.Name}{OfModel}";

    public override double PredictionCost =>
        (Features.HasNetwork ? CostOf(Model!) : Features.IsStatic ? 2 : 0) + (Features.HasNGrams ? 1 : 0);
}

/// <summary>A training of the checkpoint. Immutable.</summary>
/// <param name="Kind">What is trained.</param>
internal sealed record FineTuningContender(FineTuningKind Kind) : Contender
{
    private const int MostEpochs = 60;

    /// <summary>The number of updates to aim at, on which the number of epochs depends.</summary>
    public int Updates { get; init; } = 300;

    public int BatchSize { get; init; } = 32;

    /// <summary>The factor of the default learning rate.</summary>
    public double RateFactor { get; init; } = 1;

    public double LayerwiseDecay { get; init; } = 1;

    public bool FreezeEmbeddings { get; init; }

    /// <summary>The data type of matrix products, which changes the time of the training more than its result.</summary>
    public BertPrecision Precision { get; init; }

    /// <summary>The temperature that calibrates the probabilities of a classifier that is trained without validation rows.</summary>
    public double Temperature { get; init; } = 1;

    public override string Name =>
        $"{Kind.Name}{(Kind.HasEpochs ? $", {Updates} updates of {BatchSize} rows" : "")}" +
        $"{(RateFactor == 1 ? "" : $", rate ×{RateFactor}")}{(LayerwiseDecay == 1 ? "" : $", layer-wise ×{LayerwiseDecay}")}" +
        $"{(FreezeEmbeddings ? ", frozen embeddings" : "")}{OfModel}";

    public override double PredictionCost => CostOf(Model!);

    /// <summary>Contenders with the same key train about equally many rows a second: smaller batches are a little slower.</summary>
    public string SpeedKey => $"{Kind.Name}{OfModel}{(FreezeEmbeddings ? " frozen" : "")}";

    /// <summary>What distinguishes the training from others of that many rows.</summary>
    public (FineTuningContender, int Epochs) Training(int rows) => (this with { Updates = 0 }, Epochs(rows));

    /// <summary>The peak learning rate; null for the default.</summary>
    public double? LearningRate => RateFactor == 1 ? null : RateFactor * 5e-5 * 768 / Model!.Config.HiddenSize;

    /// <summary>The number of passes over that many rows.</summary>
    public int Epochs(int rows) =>
        Kind.HasEpochs ? Math.Clamp((int)Math.Round((double)Updates * BatchSize / rows), 1, MostEpochs) : 1;
}
