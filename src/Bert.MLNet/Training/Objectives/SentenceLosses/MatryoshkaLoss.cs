using Bert.MLNet.Models;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet;

/// <summary>
/// Trains vectors whose first numbers are useful vectors, so that they can be truncated (Kusupati et al., 2022, arXiv:2205.13147). It is
/// the sum of another loss over truncated vectors.
/// </summary>
/// <param name="Loss">The loss of truncated vectors.</param>
/// <remarks>Columns and validation metric, on complete vectors: those of <see cref="Loss"/>.</remarks>
public sealed record MatryoshkaLoss(SentenceLoss Loss) : SentenceLoss
{
    /// <summary>The loss of truncated vectors.</summary>
    public SentenceLoss Loss { get; init; } = Loss ?? throw new ArgumentNullException(nameof(Loss));

    /// <summary>
    /// The numbers of values to which vectors are truncated. To train complete vectors, too, include their dimension. Default null: the
    /// dimension, half of it, a quarter of it and so on, down to 64.
    /// </summary>
    public IReadOnlyList<int>? Dimensions { get; init => field = ContentList<int>.OfOrNull(value); }

    /// <summary>The factors of the losses, one for each of <see cref="Dimensions"/>. Default null: 1 for each.</summary>
    public IReadOnlyList<double>? Weights { get; init => field = ContentList<double>.OfOrNull(value); }

    internal override int MinTexts => Loss.MinTexts;

    internal override int MaxTexts => Loss.MaxTexts;

    internal override SentenceLabel Label => Loss.Label;

    internal override EmbeddingTeacher? VectorTeacher => Loss.VectorTeacher;

    internal override string MetricName => Loss.MetricName;

    internal override string Description =>
        $"{nameof(MatryoshkaLoss)} {List(Dimensions ?? [])} {List(Weights ?? [])} {Loss.Description}";

    internal override Tensor Of(IReadOnlyList<Tensor> texts, Tensor? labels)
    {
        IReadOnlyList<int> sizes = SizesOf((int)texts[0].shape[1]);
        Tensor sum = zeros(1);
        foreach ((int size, double weight) in sizes.Zip(Weights ?? Enumerable.Repeat(1.0, sizes.Count)))
            sum = sum.Plus(Loss.Of([.. texts.Select(text => text.narrow(1, 0, size))], labels).Times(weight));
        return sum.squeeze();
    }

    internal override double Metric(IReadOnlyList<Tensor> texts, Tensor? labels) => Loss.Metric(texts, labels);

    internal override void Check(int dimension)
    {
        ArgumentNullException.ThrowIfNull(Loss);
        Loss.Check(dimension);
        IReadOnlyList<int> sizes = SizesOf(dimension);
        Require(sizes.Count > 0 && sizes.All(size => size > 0 && size <= dimension), nameof(Dimensions), List(sizes),
            $"a list of numbers from 1 to {dimension}, the dimension of the checkpoint's vectors");
        Require(Weights is null || Weights.Count == sizes.Count && Weights.All(weight => weight > 0), nameof(Weights),
            List(Weights ?? []), $"a list of {sizes.Count} numbers above 0, one for each of {nameof(Dimensions)}");
    }

    private IReadOnlyList<int> SizesOf(int dimension)
    {
        if (Dimensions is not null)
            return Dimensions;
        var sizes = new List<int> { dimension };
        while (sizes[^1] / 2 >= 64)
            sizes.Add(sizes[^1] / 2);
        return sizes;
    }
}
