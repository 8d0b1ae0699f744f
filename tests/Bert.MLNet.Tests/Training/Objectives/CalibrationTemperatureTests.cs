using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training.Objectives;

/// <summary>The temperature of logits whose labels were drawn from known probabilities, and of a loss computed by a plain loop.</summary>
public sealed class CalibrationTemperatureTests
{
    private static readonly TrainingRow s_row = new([1], 1, 0, [0]);

    [Theory]
    [InlineData(2), InlineData(5)]
    public void Logits_that_are_too_large_are_divided_by_as_much(float tooLarge)
    {
        (TrainingRow, float[])[] one = Drawn(20_000, tooLarge, isOneLabel: true), any = Drawn(20_000, tooLarge, isOneLabel: false);
        Assert.Equal(tooLarge, CalibrationTemperature.OfLabel(Labels(one)), 0.06 * tooLarge);
        Assert.Equal(tooLarge, CalibrationTemperature.OfLabels(any), 0.06 * tooLarge);
    }

    [Fact]
    public void No_other_temperature_has_a_smaller_loss()
    {
        (TrainingRow Row, float[] Logits)[] rows = Drawn(200, tooLarge: 3, isOneLabel: true);
        double best = CalibrationTemperature.OfLabel(Labels(rows)), least = Loss(rows, best);
        for (double temperature = 1; temperature < 10; temperature += 0.01)
            Assert.True(Loss(rows, temperature) >= least - 1e-9, $"{temperature} is better than {best}.");
    }

    [Fact]
    public void Logits_are_never_made_larger()
    {
        Assert.Equal(1, CalibrationTemperature.OfLabel(Labels(Drawn(2_000, tooLarge: 0.5f, isOneLabel: true))));
        Assert.Equal(1, CalibrationTemperature.OfLabel([(0, [3f, 1f])]));
    }

    [Fact]
    public void A_model_that_is_always_wrong_gets_the_highest_temperature() =>
        Assert.Equal(100, CalibrationTemperature.OfLabel([(0, [1f, 3f]), (0, [-2f, 0f])]));

    private static (int, float[])[] Labels((TrainingRow Row, float[] Logits)[] rows) =>
        [.. rows.Select(row => ((int)row.Row.Targets[0], row.Logits))];

    private static double Loss(IEnumerable<(TrainingRow Row, float[] Logits)> rows, double temperature) => rows.Average(row =>
        Math.Log(row.Logits.Sum(logit => Math.Exp(logit / temperature))) - row.Logits[(int)row.Row.Targets[0]] / temperature);

    /// <summary>Rows whose labels have the probabilities of logits, with these logits multiplied by a number.</summary>
    private static (TrainingRow Row, float[] Logits)[] Drawn(int count, float tooLarge, bool isOneLabel)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] logits = [.. Enumerable.Range(0, 3).Select(_ => 4 * random.NextDouble() - 2)];
            double[] exponentials = [.. logits.Select(Math.Exp)];
            double draw = random.NextDouble() * exponentials.Sum();
            float[] label = [draw < exponentials[0] ? 0 : draw < exponentials[0] + exponentials[1] ? 1 : 2];
            float[] targets = isOneLabel ? label : [.. exponentials.Select(e => random.NextDouble() < e / (1 + e) ? 1f : 0f)];
            return (s_row with { Targets = targets }, (float[])[.. logits.Select(logit => (float)logit * tooLarge)]);
        })];
    }
}
