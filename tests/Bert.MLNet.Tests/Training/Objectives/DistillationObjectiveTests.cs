using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

/// <summary>Compares losses with respect to a teacher with loops over numbers.</summary>
[Collection(UsesTorch.Name)]
public sealed class DistillationObjectiveTests
{
    private const double Temperature = 3;

    private static readonly double[][] s_student = [[1, -2, 0.5], [0, 3, -1], [2, 2, 2]];
    private static readonly double[][] s_teacher = [[2, 0, -1], [-1, 4, 0], [0.5, 1, -3]];

    public DistillationObjectiveTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Divergence_is_known_on_paper()
    {
        // At T = 1, probabilities of 3/4 and 1/4 diverge from equal ones by ln 2 − H(3/4) = 0.130812; at T = 2 the logit is halved:
        // 4 · (ln 2 − H(√3 / (√3 + 1))) = 4 · 0.036340.
        double[] expected = [Math.Log(3), 0];
        Assert.Equal(0.130812, OfLabel([[0, 0]], [expected], 1)[0], 1e-5);
        double share = Math.Sqrt(3) / (Math.Sqrt(3) + 1);
        double entropy = -share * Math.Log(share) - (1 - share) * Math.Log(1 - share);
        Assert.Equal(4 * (Math.Log(2) - entropy), OfLabel([[0, 0]], [expected], 2)[0], 1e-5);
        Assert.Equal([0, 0, 0], OfLabel(s_teacher, s_teacher, Temperature).Select(value => Math.Round(value, 5)));
    }

    [Fact]
    public void One_label_is_compared_as_a_distribution() => Assert.All(
        s_student.Zip(s_teacher, OfLabel).Zip(OfLabel(s_student, s_teacher, Temperature)),
        pair => Assert.Equal(pair.First, pair.Second, 1e-5));

    [Fact]
    public void Several_labels_are_compared_one_by_one()
    {
        float[] actual = [.. TeacherDivergence.OfLabels(Matrix(s_student), Matrix(s_teacher), Temperature).data<float>()];
        Assert.All(s_student.Zip(s_teacher, OfLabels).Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(0.25), InlineData(0), InlineData(1)]
    public void The_loss_mixes_teacher_and_label_and_rows_without_a_label_have_the_teacher_alone(double labelWeight)
    {
        // The last row has no label, the second weighs three times as much.
        TrainingRow[] rows = [Row([0], s_teacher[0], 1), Row([2], s_teacher[1], 3), Row([], s_teacher[2], 1)];
        double crossEntropy = -Math.Log(Softmax(s_student[0], 1)[0]) - 3 * Math.Log(Softmax(s_student[1], 1)[2]);
        double divergence = OfLabel(s_student[0], s_teacher[0]) + 3 * OfLabel(s_student[1], s_teacher[1])
            + OfLabel(s_student[2], s_teacher[2]);
        var objective = new DistillationObjective<BertForSequenceClassification>(
            new SingleLabelObjective([1, 1, 3], 0), "teacher", Temperature, labelWeight);
        Assert.Equal((1 - labelWeight) * divergence + labelWeight * crossEntropy,
            objective.Loss(Matrix(s_student), rows).item<float>(), 1e-4);
        Assert.Equal(
            OfLabels(s_student[0], s_teacher[0]) + 3 * OfLabels(s_student[1], s_teacher[1]) + OfLabels(s_student[2], s_teacher[2]),
            new MultiLabelObjective().TeacherLoss(Matrix(s_student), rows, Temperature).item<float>(), 1e-4);
    }

    [Fact]
    public void Numbers_of_a_teacher_are_learnt_like_labels()
    {
        TrainingRow[] rows = [Row([5], [4], 1), Row([], [3], 1)];
        var objective = new DistillationObjective<BertForSequenceClassification>(
            new RegressionObjective(mean: 3, deviation: 2), "teacher", Temperature, labelWeight: 0.25);
        double teacher = Math.Pow(0.75 - 0.5, 2) + Math.Pow(-0.5 - 0, 2), label = Math.Pow(0.75 - 1, 2);
        Assert.Equal(0.75 * teacher + 0.25 * label, objective.Loss(Matrix([[0.75], [-0.5]]), rows).item<float>(), 1e-5);
    }

    [Fact]
    public void Tokens_are_compared_where_the_teacher_has_outputs()
    {
        // Two rows of two and three tokens with two labels; the first and the last token are not compared.
        double[][] outputs = [[9, 9], [1, 2], [7, 7], [0, 1], [3, -1], [5, 5]];
        TrainingRow[] rows =
        [
            new([2, 3], 2, 0, [-100, 1], 1) { Teacher = [float.NaN, float.NaN, 2, -1] },
            new([2, 5, 3], 3, 1, [], 2) { Teacher = [1, 1, 0, 4, float.NaN, float.NaN] },
        ];
        double divergence = OfLabel([1, 2], [2, -1]) + OfLabel([0, 1], [1, 1]) + OfLabel([3, -1], [0, 4]);
        double crossEntropy = -Math.Log(Softmax([1, 2], 1)[1]);
        var objective = new DistillationObjective<BertForTokenClassification>(
            new TokenClassificationObjective(2, "F1", _ => 0), "teacher", Temperature, labelWeight: 0.5);
        Tensor logits = tensor([.. outputs.SelectMany(row => row).Select(value => (float)value)], 2, 3, 2);
        Assert.Equal((divergence + crossEntropy) / 2, objective.Loss(logits, rows).item<float>(), 1e-4);
    }

    [Fact]
    public void Trainings_with_other_teachers_temperatures_and_weights_are_told_apart()
    {
        string[] parameters =
        [
            .. from teacher in (string[])["a", "b"]
               from temperature in (double[])[1, 2]
               from weight in (double[])[0, 0.5]
               select new DistillationObjective<BertForSequenceClassification>(
                   new SingleLabelObjective([], 0.1), teacher, temperature, weight).Parameters,
        ];
        Assert.Equal(8, parameters.Distinct().Count());
    }

    private static TrainingRow Row(float[] targets, double[] teacher, float weight) =>
        new([2, 3], 2, 0, targets, weight) { Teacher = [.. teacher.Select(value => (float)value)] };

    private static Tensor Matrix(double[][] rows) =>
        tensor([.. rows.SelectMany(row => row).Select(value => (float)value)], rows.Length, rows[0].Length);

    private static float[] OfLabel(double[][] student, double[][] teacher, double temperature) =>
        [.. TeacherDivergence.OfLabel(Matrix(student), Matrix(teacher), temperature).data<float>()];

    private static double OfLabel(double[] student, double[] teacher)
    {
        double[] q = Softmax(student, Temperature), p = Softmax(teacher, Temperature);
        return Temperature * Temperature * p.Zip(q).Sum(pair => pair.First * Math.Log(pair.First / pair.Second));
    }

    private static double OfLabels(double[] student, double[] teacher) => Temperature * Temperature * student.Zip(teacher).Average(pair =>
    {
        double q = 1 / (1 + Math.Exp(-pair.First / Temperature)), p = 1 / (1 + Math.Exp(-pair.Second / Temperature));
        return p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q));
    });

    private static double[] Softmax(double[] logits, double temperature)
    {
        double[] exp = [.. logits.Select(logit => Math.Exp(logit / temperature))];
        return [.. exp.Select(value => value / exp.Sum())];
    }
}
