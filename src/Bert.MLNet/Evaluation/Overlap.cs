namespace Bert.MLNet.Evaluation;

/// <summary>How much of a text is in its reference (precision) and of the reference in the text (recall), 0 to 1.</summary>
internal readonly record struct Overlap(double Precision, double Recall)
{
    /// <summary>2 · precision · recall / (precision + recall), or 0.</summary>
    public double F1 => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>The overlap of texts that have some parts in common.</summary>
    public static Overlap Of(int common, int text, int reference) =>
        new(common / (double)Math.Max(text, 1), common / (double)Math.Max(reference, 1));
}
