namespace Bert.MLNet.Experiments;

/// <summary>The trainings of a checkpoint that an experiment compares.</summary>
internal static class FineTuningGrid
{
    /// <summary>With fewer rows, batches of 32 would be a large part of an epoch.</summary>
    private const int RowsForLargeBatches = 1000;

    /// <summary>The factors of the default rate between which trainings are varied. Above, most diverge.</summary>
    private const double LowestRate = 0.25, HighestRate = 8;

    private const double LayerwiseDecay = 0.8;

    private const int SmallestBatch = 8;

    /// <summary>Returns trainings of different lengths and rates, the shortest first.</summary>
    /// <param name="kind">What is trained.</param>
    /// <param name="models">The checkpoints.</param>
    /// <param name="rows">The number of training rows.</param>
    public static IEnumerable<FineTuningContender> Of(
        FineTuningKind kind, IReadOnlyList<(BertModel Model, string Name)> models, int rows) =>
        from shape in s_shapes
        from model in models
        where model.Model.Table is null
        let contender = shape with
        {
            Kind = kind,
            Model = model.Model,
            ModelName = model.Name,
            BatchSize = rows < RowsForLargeBatches ? 16 : 32,
        }
        group contender by contender.Training(rows) into same // no training twice
        select same.First();

    /// <summary>
    /// Returns trainings that differ from another in one setting: the rate, the number of updates, layer-wise rates, or the size of the
    /// batches over the same number of epochs.
    /// </summary>
    public static IEnumerable<FineTuningContender> Near(FineTuningContender contender)
    {
        if (!contender.Kind.HasEpochs)
            yield break;
        if (contender.RateFactor < HighestRate)
            yield return contender with { RateFactor = 2 * contender.RateFactor };
        yield return contender with { Updates = 2 * contender.Updates };
        if (contender.RateFactor > LowestRate)
            yield return contender with { RateFactor = contender.RateFactor / 2 };
        yield return contender with { LayerwiseDecay = contender.LayerwiseDecay == 1 ? LayerwiseDecay : 1 };
        if (contender.BatchSize > SmallestBatch)
            yield return contender with { Updates = 2 * contender.Updates, BatchSize = contender.BatchSize / 2 };
    }

    private static readonly FineTuningContender[] s_shapes =
    [
        new(FineTuningKind.Whole) { Updates = 150, RateFactor = 2 },
        new(FineTuningKind.Whole) { Updates = 400 },
        new(FineTuningKind.Whole) { Updates = 400, RateFactor = 2 },
        new(FineTuningKind.Whole) { Updates = 400, RateFactor = 2, FreezeEmbeddings = true },
        new(FineTuningKind.Whole) { Updates = 1000 },
        new(FineTuningKind.Whole) { Updates = 1000, RateFactor = 2, LayerwiseDecay = LayerwiseDecay },
        new(FineTuningKind.Whole) { Updates = 3000 },
    ];
}
