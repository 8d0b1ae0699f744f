using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

/// <summary>Compares the losses with loops over numbers that follow sentence-transformers' definitions.</summary>
[Collection(UsesTorch.Name)]
public class SentenceLossTests
{
    // Of lengths other than 1, so that cosines differ from dot products.
    private static readonly double[][] s_first = [[3, 4, 0], [0, 2, 0], [1, 1, 1], [-1, 0, 2]];
    private static readonly double[][] s_second = [[6, 8, 1], [1, 2, 0], [0, 1, -3], [2, 0, 1]];
    private static readonly double[][] s_third = [[0, 0, 5], [3, 4, 0], [1, 0, 0], [-2, 0, 4]];
    private static readonly double[] s_similarities = [1, 0.5, 0, 0.5];
    private static readonly double[] s_classes = [1, 1, 2, 3];

    public SentenceLossTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public void Multiple_negatives_ranking_is_the_cross_entropy_of_scaled_cosines(bool hasThird, bool symmetric)
    {
        double[][] answers = hasThird ? [.. s_second, .. s_third] : s_second;
        double expected = Enumerable.Range(0, 4).Average(i =>
            -Math.Log(Share(answers.Select(answer => Math.Exp(15 * Cosine(s_first[i], answer))), i)));
        if (symmetric)
        {
            expected += Enumerable.Range(0, 4).Average(i =>
                -Math.Log(Share(s_first.Select(question => Math.Exp(15 * Cosine(question, s_second[i]))), i)));
            expected /= 2;
        }
        Equal(expected, new MultipleNegativesRankingLoss { Scale = 15, Symmetric = symmetric },
            hasThird ? [s_first, s_second, s_third] : [s_first, s_second]);

        static double Share(IEnumerable<double> values, int i) => values.ElementAt(i) / values.Sum();
    }

    [Fact]
    public void Multiple_negatives_ranking_of_orthogonal_texts_is_known_on_paper()
    {
        // Own cosine 1 and the other 0: -ln(e² / (e² + 1)) = 0.126928.
        double[][] axes = [[2, 0], [0, 5]];
        Equal(0.12692801, new MultipleNegativesRankingLoss { Scale = 2 }, [axes, axes]);
    }

    [Fact]
    public void Cosine_similarity_is_the_squared_error_of_cosines() => Equal(
        Enumerable.Range(0, 4).Average(i => Math.Pow(Cosine(s_first[i], s_second[i]) - s_similarities[i], 2)),
        new CosineSimilarityLoss(), [s_first, s_second], s_similarities);

    [Fact]
    public void CoSENT_compares_all_pairs_of_rows_with_different_labels()
    {
        double[] cosines = [.. s_first.Zip(s_second, Cosine)];
        double sum = 1;
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
                sum += s_similarities[i] < s_similarities[j] ? Math.Exp(20 * (cosines[i] - cosines[j])) : 0;
        }
        Equal(Math.Log(sum), new CoSENTLoss(), [s_first, s_second], s_similarities);
    }

    [Fact]
    public void Triplet_is_the_margin_that_is_missing() => Equal(
        Enumerable.Range(0, 4).Average(i => Math.Max(0, Distance(s_first[i], s_second[i]) - Distance(s_first[i], s_third[i]) + 1.5)),
        new TripletLoss { Margin = 1.5 }, [s_first, s_second, s_third]);

    [Fact]
    public void Batch_hard_triplet_takes_the_farthest_of_the_class_and_the_nearest_of_the_others()
    {
        double expected = Enumerable.Range(0, 4).Average(i =>
        {
            double farthest = Enumerable.Range(0, 4).Where(j => s_classes[j] == s_classes[i]).Max(j => Distance(s_first[i], s_first[j]));
            double nearest = Enumerable.Range(0, 4).Where(j => s_classes[j] != s_classes[i]).Min(j => Distance(s_first[i], s_first[j]));
            return Math.Max(0, farthest - nearest + 0.5);
        });
        Equal(expected, new BatchHardTripletLoss { Margin = 0.5 }, [s_first], s_classes);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Distillation_compares_with_the_vectors_of_the_teacher(bool squared)
    {
        double expected = squared
            ? s_first.Zip(s_second, (x, y) => Math.Pow(Distance(x, y), 2)).Sum() / 12
            : s_first.Zip(s_second, (x, y) => 1 - Cosine(x, y)).Average();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] vectors = Tensors([s_first, s_second]);
        var loss = new EmbedDistillLoss { MeanSquaredError = squared };
        Assert.Equal(expected, loss.Of([vectors[0]], vectors[1]).item<float>(), 1e-4);
        Assert.Equal(s_first.Zip(s_second, Cosine).Average(), loss.Metric([vectors[0]], vectors[1]), 1e-5);
    }

    [Fact]
    public void Distillation_with_contrast_also_finds_the_vector_of_the_own_text()
    {
        double[] own = [.. Enumerable.Range(0, 4).Select(i =>
        {
            double[] scores = [.. s_second.Select(teacher => Math.Exp(15 * Cosine(s_first[i], teacher)))];
            return -Math.Log(scores[i] / scores.Sum());
        })];
        using DisposeScope scope = NewDisposeScope();
        Tensor[] vectors = Tensors([s_first, s_second, [[2, 0], [0, 5]]]);
        double expected = s_first.Zip(s_second, (x, y) => 1 - Cosine(x, y)).Average() + 0.3 * own.Average();
        Assert.Equal(
            expected, new EmbedDistillLoss { ContrastWeight = 0.3, Scale = 15 }.Of([vectors[0]], vectors[1]).item<float>(), 1e-4);
        // Known on paper: the distance is 0, and the cross-entropy of orthogonal vectors is -ln(e² / (e² + 1)) = 0.126928.
        Assert.Equal(
            0.25 * 0.12692801, new EmbedDistillLoss { ContrastWeight = 0.25, Scale = 2 }.Of([vectors[2]], vectors[2]).item<float>(), 1e-6);
    }

    [Fact]
    public void Wide_vectors_are_projected_so_that_their_dot_products_stay()
    {
        // Vectors in a plane of five dimensions: two dimensions hold all of it, one holds only the larger part.
        double[] across = [0.6, 0, 0.8, 0, 0], along = [0, 1, 0, 0, 0];
        var random = new Random(1);
        float[][] vectors = [.. Enumerable.Range(0, 20).Select(_ => (X: random.NextDouble() * 3, Y: random.NextDouble() - 0.5)).Select(p =>
            (float[])[.. across.Zip(along, (a, b) => (float)(p.X * a + p.Y * b))])];
        TrainingRow[] rows = [.. vectors.Select(vector => new SentencesRow([2], [1], 0, vector))];
        using DisposeScope scope = NewDisposeScope();
        Tensor all = tensor(vectors.SelectMany(vector => vector).ToArray(), 20, 5), products = all.matmul(all.t());
        Assert.True(Lost(2) < 1e-4 && Lost(7) < 1e-4 && Lost(1) > 0.1);

        float Lost(int size)
        {
            Tensor projected = LabelScale.Projection.Of(rows, size, threads: 2).Apply(all);
            Assert.Equal([20, size], projected.shape);
            return (projected.matmul(projected.t()) - products).abs().max().item<float>();
        }
    }

    [Fact]
    public void Matryoshka_is_the_weighted_sum_over_truncated_vectors()
    {
        double expected = 2 * Ranking(2) + 0.5 * Ranking(3);
        Equal(expected, new MatryoshkaLoss(new MultipleNegativesRankingLoss()) { Dimensions = [2, 3], Weights = [2, 0.5] },
            [s_first, s_second]);

        double Ranking(int size) => Enumerable.Range(0, 4).Average(i =>
        {
            double[] scores = [.. s_second.Select(answer => Math.Exp(20 * Cosine(s_first[i][..size], answer[..size])))];
            return -Math.Log(scores[i] / scores.Sum());
        });
    }

    [Fact]
    public void Equal_vectors_have_finite_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (SentenceLoss loss in (SentenceLoss[])
            [new MultipleNegativesRankingLoss(), new CoSENTLoss(), new TripletLoss(), new BatchHardTripletLoss()])
        {
            Tensor vectors = ones(4, 3).requires_grad_(true);
            loss.Of([.. Enumerable.Repeat(vectors, loss.MinTexts)], tensor([1f, 1, 2, 2])).backward();
            Assert.All(vectors.grad!.data<float>(), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void Metrics_are_those_that_a_list_of_cosines_gives()
    {
        using DisposeScope scope = NewDisposeScope();
        // Ranks of the own second text by cosine, among second and third texts: counted with a loop.
        double[][] answers = [.. s_second, .. s_third];
        double expected = Enumerable.Range(0, 4).Average(i =>
            1.0 / (1 + answers.Count(answer => Cosine(s_first[i], answer) > Cosine(s_first[i], s_second[i]) + 1e-9)));
        Assert.Equal(expected, new MultipleNegativesRankingLoss().Metric(Tensors([s_first, s_second, s_third]), null), 1e-9);

        int nearer = Enumerable.Range(0, 4).Count(i => Distance(s_first[i], s_second[i]) < Distance(s_first[i], s_third[i]));
        Assert.Equal(nearer / 4.0, new TripletLoss().Metric(Tensors([s_first, s_second, s_third]), null), 1e-9);

        int same = Enumerable.Range(0, 4).Count(i =>
            s_classes[Enumerable.Range(0, 4).Where(j => j != i).MaxBy(j => Cosine(s_first[i], s_first[j]))] == s_classes[i]);
        Tensor classes = tensor(s_classes.Select(label => (float)label).ToArray());
        Assert.Equal(same / 4.0, new BatchHardTripletLoss().Metric(Tensors([s_first]), classes), 1e-9);
    }

    private static void Equal(double expected, SentenceLoss loss, double[][][] texts, double[]? labels = null)
    {
        using DisposeScope scope = NewDisposeScope();
        loss.Check(texts[0][0].Length);
        Tensor? target = labels is null ? null : tensor(labels.Select(label => (float)label).ToArray());
        Assert.Equal(expected, loss.Of(Tensors(texts), target).item<float>(), 1e-4);
    }

    private static Tensor[] Tensors(double[][][] texts) =>
        [.. texts.Select(rows => tensor(rows.SelectMany(row => row.Select(x => (float)x)).ToArray(), rows.Length, rows[0].Length))];

    private static double Cosine(double[] x, double[] y) => Dot(x, y) / Math.Sqrt(Dot(x, x) * Dot(y, y));

    private static double Distance(double[] x, double[] y) => Math.Sqrt(x.Zip(y, (a, b) => (a - b) * (a - b)).Sum());

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
}
