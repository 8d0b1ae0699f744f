using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>
/// Makes a trainer learn the predictions of another checkpoint, the teacher, in addition to the labels of the rows (Hinton, Vinyals and
/// Dean, 2015, arXiv:1503.02531). Immutable.
/// </summary>
/// <remarks>
/// <para>
/// The loss of a row is (1 − w) · T² · KL(teacher ‖ student) + w · L. L is the loss of the label as without a teacher, w is
/// <see cref="LabelWeight"/>, and KL is the Kullback–Leibler divergence of the predicted distributions whose logits are divided by
/// <see cref="Temperature"/>, T. If a row can have any number of labels, it is the mean of the divergences of the labels; for tokens,
/// each labelled word has one. If numbers are predicted, as for the similarity of texts, the teacher's number takes the place of
/// the label in L instead.
/// </para>
/// <para>
/// The teacher's predictions are computed once, before the training, with its own tokenizer. It can be of any family. A row without a
/// label is used, too: it is learned from the teacher alone. Rows for validation are compared with their labels.
/// </para>
/// </remarks>
public sealed record BertDistillation
{
    /// <summary>Creates the options for a teacher.</summary>
    /// <param name="teacher">A checkpoint with the head for the task, such as the model of a fitted transformer
    /// (<see cref="BertTransformer.Model"/>).</param>
    public BertDistillation(BertModel teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        Teacher = teacher;
    }

    /// <summary>The checkpoint that is imitated.</summary>
    public BertModel Teacher { get; }

    /// <summary>
    /// The number by which logits are divided. A higher one makes the probabilities of unlikely labels count more. Default 2.
    /// </summary>
    public double Temperature { get; init; } = 2;

    /// <summary>The share of the labels in the loss, from 0 to 1; the rest is the teacher's. Default 0.5.</summary>
    public double LabelWeight { get; init; } = 0.5;

    /// <summary>
    /// The student's names of the teacher's labels, in the order of the teacher's. Default null: both have the same names, in any order.
    /// </summary>
    public IReadOnlyList<string>? TeacherLabels { get; init => field = ContentList<string>.OfOrNull(value); }

    /// <summary>How the teacher groups rows into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Batching);
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new ArgumentOutOfRangeException(nameof(Temperature), $"{nameof(Temperature)} is {Temperature}; it must be above 0.");
        if (LabelWeight is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(LabelWeight), $"{nameof(LabelWeight)} is {LabelWeight}; it must be from 0 to 1.");
        if (TeacherLabels is { } labels && labels.Count != Teacher.Config.NumLabels)
            throw new ArgumentException(
                $"{nameof(TeacherLabels)} has {labels.Count} names, but '{Teacher.Name}' has {Teacher.Config.NumLabels} labels: " +
                $"{string.Join(", ", Teacher.Config.LabelNames)}. Give one for each.");
    }
}
