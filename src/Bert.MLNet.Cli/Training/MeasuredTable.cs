using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Cli.Training;

/// <summary>Checks whether a model can be evaluated on a table.</summary>
internal static class MeasuredTable
{
    /// <summary>Compares a table with the model's training data.</summary>
    /// <param name="model">A model for texts or pairs.</param>
    /// <param name="schema">Its input schema, or null if the file has none.</param>
    /// <param name="path">The table.</param>
    /// <param name="rows">Its rows.</param>
    /// <exception cref="InvalidDataException">The model knows none of the labels, or compares two texts but rows have one.</exception>
    public static void Check(ITransformer model, DataViewSchema? schema, string path, IReadOnlyList<LabelledRow> rows)
    {
        if (schema is null || model.GetOutputSchema(schema).GetColumnOrNull("Score") is not { } score)
            return;
        if (rows.All(row => row.Sentence2.Length == 0)
            && model.GetRowToRowMapper(schema).GetDependencies([score]).Any(column => column.Name == nameof(LabelledRow.Sentence2)))
            throw new InvalidDataException(
                $"The model compares two texts, but no row of '{path}' has a second text. Specify both columns with --sentence1-col and " +
                "--sentence2-col.");
        if (score.Type is not VectorDataViewType)
            return;
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        CheckLabels([.. names.DenseValues().Select(name => name.ToString())], path, rows);
    }

    /// <summary>Compares the labels of a table with those that a model knows.</summary>
    /// <exception cref="InvalidDataException">The model knows none of them.</exception>
    public static void CheckLabels(IReadOnlyCollection<string> known, string path, IReadOnlyList<LabelledRow> rows)
    {
        if (!rows.Any(row => known.Contains(row.Label)))
        {
            throw new InvalidDataException(
                $"The model knows none of the labels in '{path}': it knows {Some(known)}, but the rows have " +
                $"{Some(rows.Select(row => row.Label))}. " +
                "Specify the label column with --label-col.");
        }
    }

    private static string Some(IEnumerable<string> labels)
    {
        string[] first = [.. labels.Distinct().Take(6).Select(label => label.Length > 40 ? label[..40] + "…" : label)];
        return string.Join(", ", first.Length > 5 ? [.. first[..5], "…"] : first);
    }
}
