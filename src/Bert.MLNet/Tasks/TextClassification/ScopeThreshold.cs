using Bert.MLNet.Encoders;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tasks;

/// <summary>Determines the probability below which the most probable label of a text is considered wrong.</summary>
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

    /// <summary>Returns the largest threshold that accepts a share of rows.</summary>
    /// <param name="options">The resolved options of a classifier.</param>
    /// <param name="rows">Rows that have one of its labels, at least one.</param>
    /// <param name="rate">The share of the rows to accept, above 0 and at most 1.</param>
    /// <param name="threads">The number of threads.</param>
    public static float Of(BertClassifierEstimator.Options options, TrainingRow[] rows, double rate, int threads)
    {
        using TextWork<VectorRow, TokenSequence<float[]>> scorer = options.OpenScorer();
        float[][] logits = scorer.Compute([.. rows.Select(row => SequenceVectors.Sequence(row.Ids, row.PairStart))], threads);
        return Of([.. logits.Select(row => Probabilities.Largest(row))], rate);
    }

    /// <summary>Returns the largest threshold that a share of probabilities reaches.</summary>
    public static float Of(float[] probabilities, double rate)
    {
        // The product can be slightly above a whole number.
        int accepted = (int)Math.Ceiling(rate * probabilities.Length - 1e-9);
        return probabilities.OrderDescending().ElementAt(accepted - 1);
    }
}
