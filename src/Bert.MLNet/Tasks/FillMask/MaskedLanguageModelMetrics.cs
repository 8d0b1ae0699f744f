using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>How well a checkpoint guesses masked words. All figures are over masked tokens; NaN without any. Immutable and thread-safe.</summary>
public sealed class MaskedLanguageModelMetrics
{
    internal MaskedLanguageModelMetrics(MaskedWords words) =>
        (Count, Accuracy, LogLoss) = (words.Count, (double)words.Right / words.Count, words.Loss / words.Count);

    /// <summary>How many tokens were masked.</summary>
    public long Count { get; }

    /// <summary>Share of the tokens that the checkpoint thinks the most probable in their places, 0 to 1.</summary>
    public double Accuracy { get; }

    /// <summary>The mean of −ln(probability of the token): the loss of pretraining, in nats.</summary>
    public double LogLoss { get; }

    /// <summary>exp(<see cref="LogLoss"/>): among how many equally probable tokens the checkpoint is undecided.</summary>
    public double Perplexity => Math.Exp(LogLoss);
}
