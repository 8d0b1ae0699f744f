using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>Metrics of the prediction of masked words, over all masked tokens. NaN if there are none. Immutable and thread-safe.</summary>
public sealed class MaskedLanguageModelMetrics
{
    internal MaskedLanguageModelMetrics(MaskedWords words) =>
        (Count, Accuracy, LogLoss) = (words.Count, (double)words.Right / words.Count, words.Loss / words.Count);

    /// <summary>The number of masked tokens.</summary>
    public long Count { get; }

    /// <summary>The share of tokens to which the checkpoint assigns the highest probability in their places, from 0 to 1.</summary>
    public double Accuracy { get; }

    /// <summary>The mean of −ln(probability of the token), in nats: the loss of pretraining.</summary>
    public double LogLoss { get; }

    /// <summary>exp(<see cref="LogLoss"/>): the number of equally probable tokens with the same loss.</summary>
    public double Perplexity => Math.Exp(LogLoss);
}
