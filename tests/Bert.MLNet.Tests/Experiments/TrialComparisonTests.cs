using Bert.MLNet.Experiments;

namespace Bert.MLNet.Tests.Experiments;

public sealed class TrialComparisonTests
{
    private static readonly BertModel s_model = new TinyCheckpoint().Load();
    private static readonly TrialComparison s_comparison = new(new OutcomeMetric("Accuracy", true, rows => rows.Average(row => row[0])));

    [Theory]
    [InlineData(61, true)] // a percent, with a standard error of about 7
    [InlineData(90, false)]
    public void A_tie_goes_to_the_cheaper_model_and_a_clear_difference_to_the_better_one(int right, bool isTie)
    {
        // The rows that are right differ, so that the difference has an error.
        Trial cheap = Trial(VectorKind.NGrams, Enumerable.Range(0, 100).Select(i => i < 60)),
            dear = Trial(VectorKind.Embeddings, Enumerable.Range(0, 100).Select(i => i >= 100 - right));
        Assert.Same(isTie ? cheap : dear, s_comparison.Choose([dear, cheap]));
        Assert.Same(dear, s_comparison.Leader([cheap, dear]));
    }

    [Fact]
    public void Models_are_compared_on_the_folds_that_both_predicted()
    {
        Trial whole = Trial(VectorKind.NGrams, Right(10, 6), Right(10, 10)), first = Trial(VectorKind.Embeddings, Right(10, 8));
        Assert.Equal(0.2, s_comparison.Difference(first, whole).Gain, 1e-12);
        Assert.Equal(-0.2, s_comparison.Difference(whole, first).Gain, 1e-12);
    }

    [Theory]
    [InlineData(70, false)] // a gain of ten percent on one fold, with a standard error of about 7
    [InlineData(90, true)]
    public void A_model_that_predicted_fewer_folds_must_be_clearly_better_on_them(int right, bool leads)
    {
        Trial whole = Trial(VectorKind.Embeddings, Enumerable.Range(0, 100).Select(i => i < 60), Right(100, 60)),
            first = Trial(VectorKind.Joined, Enumerable.Range(0, 100).Select(i => i >= 100 - right)),
            cheap = Trial(VectorKind.NGrams, Right(100, 62));
        Assert.Same(leads ? first : whole, s_comparison.Leader([whole, first]));
        Assert.Same(leads ? first : whole, s_comparison.Leader([first, whole]));
        // What ties with the best model on one fold only is not chosen in its place, however cheap it is.
        Assert.Same(leads ? first : whole, s_comparison.Choose([whole, first, cheap]));
    }

    [Fact]
    public void Baselines_and_failures_are_never_chosen()
    {
        var baseline = new Trial("majority", null);
        baseline.Set(0, Outcomes(Right(10, 10)));
        Trial failed = Trial(VectorKind.NGrams, Right(10, 10)), bad = Trial(VectorKind.Embeddings, Right(10, 1));
        failed.Error = new InvalidOperationException("no");
        Assert.Same(bad, s_comparison.Choose([baseline, failed, bad]));
        Assert.Null(s_comparison.Choose([baseline, failed]));
    }

    [Fact]
    public void N_grams_and_static_vectors_cost_less_than_a_network_and_what_is_joined_costs_more()
    {
        double[] costs = [.. new[]
            {
                VectorKind.NGrams, VectorKind.StaticEmbeddings, VectorKind.StaticJoined, VectorKind.Embeddings, VectorKind.Joined,
            }
            .Select(kind => new VectorContender(kind, new(VectorAlgorithm.Lbfgs, 1)) { Model = s_model }.PredictionCost)];
        Assert.Equal(costs.Order(), costs);
        Assert.Equal(5, costs.Distinct().Count());
    }

    private static IEnumerable<bool> Right(int count, int right) => Enumerable.Range(0, count).Select(i => i < right);

    private static double[][] Outcomes(IEnumerable<bool> right) => [.. right.Select(isRight => new double[] { isRight ? 1 : 0 })];

    private static Trial Trial(VectorKind kind, params IEnumerable<bool>[] folds)
    {
        var trial = new Trial(kind.Name, new VectorContender(kind, new(VectorAlgorithm.Lbfgs, 1)) { Model = s_model });
        foreach ((int fold, IEnumerable<bool> right) in folds.Index())
            trial.Set(fold, Outcomes(right));
        return trial;
    }
}
