using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

/// <summary>After which epoch a training stops, for sequences of losses and metrics counted by hand.</summary>
public sealed class EarlyStoppingTests
{
    private const int Patience = 3;

    [Fact]
    public void It_stops_after_as_many_stale_epochs_as_patience_allows() =>
        Assert.Equal(5, StopsAfter(updatesOfEpoch: 200, Flat(0.3, 0.8, 0.7, 0.8, 0.6, 0.9)));

    [Fact]
    public void A_better_epoch_gives_all_patience_back() =>
        Assert.Equal(7, StopsAfter(updatesOfEpoch: 200, Flat(0.5, 0.4, 0.4, 0.6, 0.5, 0.5, 0.6, 0.9)));

    [Theory]
    [InlineData(4, 52)] // the 50th epoch ends with update 200 and is the first to count
    [InlineData(66, 6)] // the 4th ends with update 264
    [InlineData(67, 5)] // the 3rd ends with update 201
    public void Epochs_before_update_200_use_up_nothing(int updatesOfEpoch, int expected) =>
        Assert.Equal(expected, StopsAfter(updatesOfEpoch, Flat([0.5, .. Enumerable.Repeat(0.4, 100)])));

    [Fact]
    public void An_epoch_whose_loss_falls_fast_uses_up_nothing()
    {
        // 5 % of the first loss are 0.1: the falls by 0.2 and 0.11 are fast, those by 0.09, 0.08 and 0.07 are not.
        Assert.Equal(6, StopsAfter(200, [(2, 0.5), (1.8, 0.4), (1.69, 0.4), (1.6, 0.4), (1.52, 0.4), (1.45, 0.4), (1, 0.6)]));
    }

    [Fact]
    public void A_loss_that_rises_or_halves_near_zero_does_not_keep_a_training_alive() =>
        Assert.Equal(4, StopsAfter(200, [(1, 0.9), (0.04, 0.8), (0.02, 0.8), (0.03, 0.8), (0.01, 0.8)], patience: 2));

    [Fact]
    public void Epochs_with_nothing_right_use_up_nothing_and_the_last_of_them_is_the_best()
    {
        EarlyStopping state = After(200, Flat(0, 0, 0, 0, 0));
        Assert.Equal((0, 5, 0), (state.BestMetric!.Value, state.BestEpoch, state.Spent));
        Assert.Equal(9, StopsAfter(200, Flat(0, 0, 0, 0, 0, 0.1, 0, 0, 0)));
    }

    [Fact]
    public void A_correlation_that_is_not_a_number_is_never_the_best()
    {
        EarlyStopping state = After(200, Flat(double.NaN, double.NaN, 0.4, double.NaN));
        Assert.Equal((0.4, 3, 1), (state.BestMetric!.Value, state.BestEpoch, state.Spent));
    }

    [Fact]
    public void Without_validation_rows_or_patience_nothing_stops()
    {
        EarlyStopping state = new();
        for (int epoch = 1; epoch <= 50; epoch++)
            state = state.After(epoch, epoch * 500, loss: 1, metric: null);
        Assert.Null(state.Reason(1, "F1Score"));
        Assert.Null(After(200, Flat(0.5, 0.4, 0.4, 0.4, 0.4)).Reason(null, "F1Score"));
    }

    [Fact]
    public void The_reason_names_metric_best_epoch_and_option() =>
        Assert.Equal("F1Score has not risen above 0.5000, that of epoch 1, in 3 epochs (EarlyStoppingPatience)",
            After(200, Flat(0.5, 0.4, 0.4, 0.4)).Reason(Patience, "F1Score"));

    /// <summary>What the field reported: 120 texts of CoNLL in batches of 32, four updates an epoch, whose F1 rises late.</summary>
    [Fact]
    public void A_small_training_goes_on_while_it_learns() =>
        Assert.Null(After(4, [(1.69, 0.08), (1.28, 0.02), (0.77, 0.03), (0.72, 0.05), (0.69, 0.06), (0.65, 0.07)])
            .Reason(Patience, "F1Score"));

    private static (double Loss, double Metric)[] Flat(params IEnumerable<double> metrics) => [.. metrics.Select(metric => (1.0, metric))];

    private static EarlyStopping After(int updatesOfEpoch, (double Loss, double Metric)[] epochs) =>
        epochs.Index().Aggregate(
            new EarlyStopping(), (state, next) =>
                state.After(next.Index + 1, (next.Index + 1) * updatesOfEpoch, next.Item.Loss, next.Item.Metric));

    /// <summary>The first epoch after which there is a reason to stop; 0 when there is none.</summary>
    private static int StopsAfter(int updatesOfEpoch, (double Loss, double Metric)[] epochs, int patience = Patience) =>
        Enumerable.Range(1, epochs.Length)
            .FirstOrDefault(count => After(updatesOfEpoch, epochs[..count]).Reason(patience, "F1Score") is not null);
}
