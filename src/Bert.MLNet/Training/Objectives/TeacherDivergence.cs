using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Divergences of a student's predictions from those of its teacher, T² · KL(teacher ‖ student) at the temperature T (Hinton, Vinyals and
/// Dean, 2015, arXiv:1503.02531, section 2). The factor makes gradients independent of the temperature.
/// </summary>
internal static class TeacherDivergence
{
    /// <summary>Computes the divergences of distributions over labels, [rows].</summary>
    /// <param name="student">The student's logits, [rows, labels].</param>
    /// <param name="teacher">The teacher's logits, [rows, labels].</param>
    /// <param name="temperature">The temperature.</param>
    public static Tensor OfLabel(Tensor student, Tensor teacher, double temperature)
    {
        Tensor expected = functional.log_softmax(teacher.Over(temperature), 1);
        Tensor predicted = functional.log_softmax(student.Over(temperature), 1);
        return (expected.exp() * (expected - predicted)).sum(1).Times(temperature * temperature);
    }

    /// <summary>Computes the mean divergences of independent labels, each of which applies or not, [rows].</summary>
    /// <inheritdoc cref="OfLabel" path="/param"/>
    public static Tensor OfLabels(Tensor student, Tensor teacher, double temperature)
    {
        (Tensor expected, Tensor predicted) = (teacher.Over(temperature), student.Over(temperature));
        Tensor applies = Divergence(expected, predicted), doesNot = Divergence(expected.neg(), predicted.neg());
        return applies.Plus(doesNot).mean([1]).Times(temperature * temperature);

        static Tensor Divergence(Tensor expected, Tensor predicted) =>
            expected.sigmoid() * (functional.logsigmoid(expected) - functional.logsigmoid(predicted));
    }
}
