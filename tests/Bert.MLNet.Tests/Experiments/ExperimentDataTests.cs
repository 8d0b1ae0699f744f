using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Experiments;

public sealed class ExperimentDataTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Few_rows_are_all_predicted_once_with_the_same_share_of_each_label_in_each_fold()
    {
        ExperimentData data = Divide([.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? 1.0 : 0)], null);
        Assert.Equal((5, 48), (data.Folds, data.TrainingCount));
        var predicted = new List<float>();
        for (int fold = 0; fold < data.Folds; fold++)
        {
            float[] test = [.. data.Test(data.Rows, null, fold).GetColumn<float>("Index")],
                train = [.. data.Train(data.Rows, fold).GetColumn<float>("Index")];
            Assert.Equal(Enumerable.Range(0, 60).Select(i => (float)i), test.Concat(train).Order());
            Assert.Equal(4, test.Count(index => index % 3 == 0));
            Assert.Equal(test.Select(index => data.Labels[(int)index]), data.LabelsOf(fold).Test);
            Assert.Equal(train.Select(index => data.Labels[(int)index]), data.LabelsOf(fold).Train);
            predicted.AddRange(test);
        }
        Assert.Equal(60, predicted.Distinct().Count());
    }

    [Fact]
    public void Of_many_rows_a_fifth_is_for_validation()
    {
        ExperimentData data = Divide([.. Enumerable.Range(0, 2500).Select(i => i % 2.0)], null);
        Assert.Equal((1, 2000), (data.Folds, data.TrainingCount));
        Assert.Equal(250, data.LabelsOf(0).Test.Count(label => label == 1));
    }

    [Fact]
    public void A_number_of_folds_is_kept_whatever_the_number_of_rows() => Assert.Equal(3, Divide(new double[2500], 3).Folds);

    private ExperimentData Divide(double[] labels, int? folds) =>
        ExperimentData.Divide(_ml.Data.LoadFromEnumerable(labels.Select((_, i) => new Row { Index = i })), labels, null, folds, seed: 1);

    private sealed class Row
    {
        public float Index { get; set; }
    }
}
