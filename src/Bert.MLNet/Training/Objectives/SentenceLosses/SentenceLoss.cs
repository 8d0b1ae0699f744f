using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// A loss for training the vectors of texts, named as in sentence-transformers. Immutable. Each loss determines which columns
/// <see cref="SentenceEmbeddingTrainer"/> reads.
/// </summary>
public abstract record SentenceLoss
{
    private protected SentenceLoss()
    {
    }

    /// <summary>The minimum number of texts in a row.</summary>
    internal abstract int MinTexts { get; }

    /// <summary>The maximum number of texts in a row.</summary>
    internal abstract int MaxTexts { get; }

    /// <summary>The label of a row.</summary>
    internal virtual SentenceLabel Label => SentenceLabel.None;

    /// <summary>Computes the labels, which are vectors, from the first texts; null if labels are those of the data.</summary>
    internal virtual EmbeddingTeacher? VectorTeacher => null;

    /// <summary>The name of <see cref="Metric"/>.</summary>
    internal abstract string MetricName { get; }

    /// <summary>The values that determine the loss, as text that does not depend on the culture.</summary>
    internal abstract string Description { get; }

    /// <summary>Computes the mean loss of a batch's rows.</summary>
    /// <param name="texts">The vectors of the first texts, of the second texts and so on, each [rows, dimension].</param>
    /// <param name="labels">The labels, [rows] or, for vectors, [rows, dimension]; null if the loss has none.</param>
    internal abstract Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels);

    /// <summary>Computes the metric on validation rows, higher is better.</summary>
    /// <param name="texts">As for <see cref="Of"/>.</param>
    /// <param name="labels">As for <see cref="Of"/>.</param>
    internal abstract double Metric(IReadOnlyList<Tensor> texts, Tensor? labels);

    /// <summary>Checks the values.</summary>
    /// <param name="dimension">The number of values of a vector.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is invalid; the message names it.</exception>
    internal virtual void Check(int dimension)
    {
    }

    /// <summary>Writes numbers as a list that does not depend on the culture.</summary>
    private protected static string List<T>(IEnumerable<T> values) => $"[{string.Join(", ", values.Select(value => $"{value}"))}]";

    private protected static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be {expected}.");
    }
}
