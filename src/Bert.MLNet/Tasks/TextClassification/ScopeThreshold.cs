using Bert.MLNet.Encoders;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>Determines from which probability, or to which distance, a text is considered to have one of the labels.</summary>
internal static class ScopeThreshold
{
    /// <summary>Checks that there are rows to determine a threshold on, if it is wanted.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static void Check(ClassificationTrainingOptions options, TrainingRow[] validation)
    {
        if (options.InScopeRate is not null && validation.Length == 0)
            throw new InvalidOperationException(
                $"{nameof(options.InScopeRate)} is {options.InScopeRate}, but there are no validation rows with a label. Add rows to " +
                $"{nameof(options.ValidationSet)}, or more training rows for {nameof(options.ValidationFraction)}.");
    }

    /// <summary>Adds the limit that accepts the requested share of the validation rows, if it is requested, to options.</summary>
    /// <param name="options">The resolved options of a classifier.</param>
    /// <param name="training">The options of its training.</param>
    /// <param name="rows">The training rows; those with a label determine the centers of labels.</param>
    /// <param name="validation">The validation rows.</param>
    public static BertClassifierEstimator.Options AddTo(
        BertClassifierEstimator.Options options, ClassificationTrainingOptions training, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (training.InScopeRate is not { } rate)
            return options;
        using TextWork<VectorRow, TokenSequence<float[]>> scorer = options.OpenScorer();
        float[][] known = Logits(validation);
        if (training.InScopeMethod == BertScopeMethod.Probability)
            return options with { ScopeThreshold = Of([.. known.Select(logits => Probabilities.Largest(logits))], rate) };
        TrainingRow[] labelled = [.. rows.Where(row => !row.HasTeacherOnly)];
        ClassCenters centers = ClassCenters.Of(Logits(labelled), [.. labelled.Select(row => (int)row.Targets[0])]);
        return options with
        {
            ScopeCenters = centers,
            ScopeDistance = -Of([.. known.Select(logits => -centers.Distance(logits))], rate),
        };

        float[][] Logits(TrainingRow[] some) =>
            scorer.Compute([.. some.Select(row => SequenceVectors.Sequence(row.Ids, row.PairStart))], training.Threads);
    }

    /// <summary>Returns the largest threshold that a share of values reaches.</summary>
    public static float Of(float[] values, double rate)
    {
        // The product can be slightly above a whole number.
        int accepted = (int)Math.Ceiling(rate * values.Length - 1e-9);
        return values.OrderDescending().ElementAt(accepted - 1);
    }
}
