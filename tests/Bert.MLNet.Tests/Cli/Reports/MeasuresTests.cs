using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Cli.Reports;

/// <summary>Measures of classifiers against calculations on paper.</summary>
public sealed class MeasuresTests
{
    [Fact]
    public void Calibration_error_is_the_weighted_distance_of_confidence_and_accuracy()
    {
        // (0.8, 0.9]: 0.85 sure, all right. (0.9, 1]: 0.95 sure, none right. (0.5, 0.6]: twice 0.55 sure, both right.
        var calibration = new Calibration([(0.85f, true), (0.95f, false), (0.55f, true), (0.55f, true)], bins: 10);
        Assert.Equal((0.15 + 0.95 + 2 * 0.45) / 4, calibration.ExpectedCalibrationError, 1e-6);
        Assert.Equal(0.95, calibration.MaximumCalibrationError, 1e-6);
        Assert.Equal([0, 0, 0, 0, 0, 2, 0, 0, 1, 1], calibration.Bins.Select(bin => bin.Count));
    }

    [Fact]
    public void A_confidence_on_a_border_is_in_the_lower_bin_and_the_ends_are_within()
    {
        var calibration = new Calibration([(0, true), (0.5f, true), (1, true)], bins: 4);
        Assert.Equal([1, 1, 0, 1], calibration.Bins.Select(bin => bin.Count));
        Assert.True(double.IsNaN(new Calibration([]).ExpectedCalibrationError));
    }

    [Fact]
    public void Precision_recall_and_f1_of_each_label_follow_from_the_counts()
    {
        var result = new ClassificationResult(["a", "b", "c"], [Row(0, 0), Row(0, 1), Row(1, 1), Row(1, 1), Row(2, 0)]);
        Assert.Equal([1, 1, 0, 0, 2, 0, 1, 0, 0], result.Confusion.Cast<int>());
        Assert.Equal([(0.5, 0.5, 0.5), (2 / 3.0, 1, 0.8), (0, 0, 0)],
            result.Classes.Select(scores => (scores.Precision, scores.Recall, Math.Round(scores.F1, 12))));
        Assert.Equal((0.5 + 0.8 + 0) / 3, result.MacroF1, 1e-12);
        Assert.Null(result.AreaUnderRocCurve);

        static ClassifiedRow Row(int label, int predicted) => new("", "", label, predicted, [0.4f, 0.3f, 0.3f]);
    }

    [Fact]
    public void The_area_under_the_curve_is_the_share_of_pairs_in_order()
    {
        // 0.9 is above both negatives, 0.4 above one and equal to the other.
        Assert.Equal(3.5 / 4, RocCurve.Area([(0.4f, false), (0.9f, true), (0.4f, true), (0.1f, false)]), 1e-12);
        Assert.True(double.IsNaN(RocCurve.Area([(0.4f, true)])));
    }

    [Fact]
    public void An_entity_counts_for_its_type_and_is_right_with_both_its_ends()
    {
        EntitySpan anna = new("PER", 0, 4), york = new("LOC", 10, 14), cut = new("LOC", 10, 13);
        var result = new EntityResult(
            [new EntityPrediction("Anna is in York", [anna, york], [(anna, 0.9f), (cut, 0.5f)]),
                new EntityPrediction("Anna", [], [(anna, 0.6f)])]);
        Assert.Equal([new ClassScores("LOC", 0, 1, 1), new ClassScores("PER", 1, 1, 2)], result.Types);
        Assert.Equal([york], result.Rows[0].Missed);
        Assert.Equal([cut], result.Rows[0].Wrong.Select(found => found.Span));
        Assert.Equal([2, 1], result.Rows.Select(row => row.Errors));
        Assert.Equal((0.1 + 0.5 + 0.6) / 3, result.Calibration.ExpectedCalibrationError, 1e-6);
    }

    [Theory]
    [InlineData(0, 1, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(3, 97, new[] { 0.0, 20, 40, 60, 80, 100 })]
    [InlineData(-0.3, 0.4, new[] { -0.4, -0.2, 0, 0.2, 0.4 })]
    public void An_axis_has_round_ticks_that_enclose_its_values(double from, double to, double[] ticks) =>
        Assert.Equal(ticks, Axis.Over("", from, to).Marks().Select(mark => Math.Round(mark.Value, 9)));
}
