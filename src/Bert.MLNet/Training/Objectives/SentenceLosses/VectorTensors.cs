using Bert.MLNet.Evaluation;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Cosines and distances of vectors in the rows of tensors, and metrics that are computed from them.</summary>
internal static class VectorTensors
{
    // Metrics compare each vector with all others, in blocks of this many rows.
    private const int Block = 1024;

    /// <summary>Computes the cosines of all pairs of rows, [rows of x, rows of y].</summary>
    public static Tensor Cosines(Tensor x, Tensor y) => functional.normalize(x, 2, 1).matmul(functional.normalize(y, 2, 1).t());

    /// <summary>Computes the cosines of corresponding rows, [rows].</summary>
    public static Tensor CosinesOfRows(Tensor x, Tensor y) => functional.cosine_similarity(x, y, dim: 1);

    /// <summary>Computes the Euclidean distances of corresponding rows, [rows].</summary>
    public static Tensor DistancesOfRows(Tensor x, Tensor y) => functional.pairwise_distance(x, y);

    /// <summary>
    /// Computes the Euclidean distances of all pairs of rows, [rows, rows]. A distance of 0 has the gradient 0, not NaN.
    /// </summary>
    public static Tensor Distances(Tensor x)
    {
        Tensor products = x.matmul(x.t());
        Tensor squares = products.diagonal();
        Tensor squared = (squares.unsqueeze(0) - products.Times(2)).Plus(squares.unsqueeze(1)).AtLeast(0);
        Tensor same = squared.IsAbove(0).logical_not();
        return squared.Filled(same, 1e-16).sqrt().Filled(same, 0);
    }

    /// <summary>
    /// Computes the mean reciprocal rank, by cosine, of each row of <paramref name="answers"/> for the same row of
    /// <paramref name="questions"/>. Any further rows are wrong answers.
    /// </summary>
    public static double MeanReciprocalRank(Tensor questions, Tensor answers)
    {
        double sum = 0;
        for (long start = 0; start < questions.shape[0]; start += Block)
        {
            using DisposeScope scope = NewDisposeScope();
            long rows = Math.Min(Block, questions.shape[0] - start);
            Tensor cosines = Cosines(questions.narrow(0, start, rows), answers);
            Tensor own = cosines.diagonal(start).unsqueeze(1);
            foreach (long better in cosines.gt(own).sum(1).data<long>())
                sum += 1.0 / (better + 1);
        }
        return sum / questions.shape[0];
    }

    /// <summary>Computes Spearman's coefficient of cosines and labels, or 0 if either is constant.</summary>
    public static double Spearman(Tensor x, Tensor y, Tensor labels)
    {
        using Tensor cosines = CosinesOfRows(x, y);
        double coefficient = Correlation.Spearman(
            [.. cosines.data<float>().Select(value => (double)value)], [.. labels.data<float>().Select(value => (double)value)]);
        return double.IsNaN(coefficient) ? 0 : coefficient;
    }

    /// <summary>Computes the share of vectors whose nearest other vector, by cosine, has the same label.</summary>
    public static double NearestNeighborAccuracy(Tensor vectors, Tensor classes)
    {
        float[] labels = classes.data<float>().ToArray();
        int correct = 0;
        for (int start = 0; start < labels.Length; start += Block)
        {
            using DisposeScope scope = NewDisposeScope();
            int rows = Math.Min(Block, labels.Length - start);
            Tensor cosines = Cosines(vectors.narrow(0, start, rows), vectors);
            Tensor own = tensor([.. Enumerable.Range(start, rows).Select(i => (long)i)]).unsqueeze(1);
            Tensor isOwn = TensorArithmetic.Range(labels.Length).unsqueeze(0).eq(own);
            long[] nearest = [.. cosines.Filled(isOwn, double.NegativeInfinity).argmax(1).data<long>()];
            correct += Enumerable.Range(0, rows).Count(i => labels[nearest[i]] == labels[start + i]);
        }
        return (double)correct / labels.Length;
    }
}
