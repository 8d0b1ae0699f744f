using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Experiments;

/// <summary>The rows of an experiment, and how they are divided for comparing contenders.</summary>
/// <param name="Rows">The usable rows.</param>
/// <param name="Labels">Their labels as numbers.</param>
/// <param name="Validation">Separate rows for validation, or null.</param>
/// <param name="ValidationLabels">Their labels; empty without them.</param>
/// <param name="FoldOf">The fold of each row, in which it is predicted; −1 for a row that is always a training row.</param>
/// <param name="Folds">The number of folds.</param>
internal sealed record ExperimentData(
    IDataView Rows, double[] Labels, IDataView? Validation, double[] ValidationLabels, int[] FoldOf, int Folds)
{
    /// <summary>Above this number of rows, a part of them is used for validation instead of all in turn.</summary>
    private const int MostRowsOfCrossValidation = 2000;

    private const int DefaultFolds = 5, MostValidationRows = 3000;

    public int Count => Labels.Length;

    /// <summary>The number of training rows of the first fold.</summary>
    public int TrainingCount => FoldOf.Count(fold => fold != 0);

    /// <summary>Divides rows into folds with nearly the same labels.</summary>
    /// <param name="rows">The usable rows.</param>
    /// <param name="labels">Their labels as numbers.</param>
    /// <param name="validation">Separate rows for validation, which replace the folds, and their labels.</param>
    /// <param name="folds">The number of folds; null to choose it by the number of rows.</param>
    /// <param name="seed">The seed.</param>
    public static ExperimentData Divide(
        IDataView rows, double[] labels, (IDataView Rows, double[] Labels)? validation, int? folds, int seed)
    {
        int[] foldOf = new int[labels.Length];
        Array.Fill(foldOf, -1);
        if (validation is { } separate)
            return new(rows, labels, separate.Rows, separate.Labels, foldOf, 1);
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        new Random(seed).Shuffle(order);
        order = [.. order.OrderBy(row => labels[row])]; // a stable sort
        if (folds is null && labels.Length > MostRowsOfCrossValidation)
        {
            int every = Math.Max(DefaultFolds, labels.Length / MostValidationRows);
            foreach ((int i, int row) in order.Index())
                foldOf[row] = i % every == 0 ? 0 : -1;
            return new(rows, labels, null, [], foldOf, 1);
        }
        int count = Math.Min(folds ?? DefaultFolds, labels.Length);
        foreach ((int i, int row) in order.Index())
            foldOf[row] = i % count;
        return new(rows, labels, null, [], foldOf, count);
    }

    /// <summary>The training rows of a fold, from a view of all rows.</summary>
    public IDataView Train(IDataView rows, int fold) =>
        Validation is not null ? rows : new SelectedRows(rows, row => FoldOf[row] != fold);

    /// <summary>The rows of a fold that are predicted, from views of all rows and of the validation rows.</summary>
    public IDataView Test(IDataView rows, IDataView? validation, int fold) =>
        validation ?? new SelectedRows(rows, row => FoldOf[row] == fold);

    /// <summary>The labels of the training rows of a fold, and of those that are predicted.</summary>
    public (double[] Train, double[] Test) LabelsOf(int fold) => Validation is not null
        ? (Labels, ValidationLabels)
        : ([.. Labels.Where((_, row) => FoldOf[row] != fold)], [.. Labels.Where((_, row) => FoldOf[row] == fold)]);
}
