using System.Globalization;
using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.Training;

/// <summary>Checks that rows contain something to learn before a checkpoint is opened, with messages that name the file.</summary>
/// <param name="file">The file.</param>
/// <param name="label">Its label column.</param>
/// <param name="validation">The validation file, or null if a part of the first file is used.</param>
/// <param name="test">The test file, or null if there is none.</param>
internal sealed class TrainableRows(string file, string label, string? validation, string? test)
{
    /// <exception cref="InvalidDataException">No row has a text, there are fewer than two labels, or another file has none of
    /// them.</exception>
    public void CheckLabels(SplitRows<LabelledRow> all)
    {
        LabelledRow[] rows = all.Train;
        CheckTexts(rows);
        string[] labels = [.. rows.Select(row => row.Label).Where(name => !string.IsNullOrWhiteSpace(name)).Distinct()];
        if (labels.Length == 0)
            throw new InvalidDataException(
                $"No row of '{file}' has a label in column '{label}'. Specify the label column with --label-col.");
        if (labels.Length == 1)
            throw new InvalidDataException(
                $"{All(rows)} have the label '{labels[0]}' in column '{label}', so there is nothing to learn. Use rows with at least two " +
                "labels.");
        if (validation is not null)
            MeasuredTable.CheckLabels(labels, validation, all.Validation);
        if (test is not null)
            MeasuredTable.CheckLabels(labels, test, all.Test);
    }

    /// <exception cref="UsageException">Rows have two texts.</exception>
    /// <exception cref="InvalidDataException">A label has a single row.</exception>
    public void CheckFewShot(SplitRows<LabelledRow> rows, bool hasPair)
    {
        if (hasPair)
            throw new UsageException("--method few-shot requires one text in each row. Use fine-tune or embed for pairs.");
        string? single = rows.Train.Where(row => !string.IsNullOrWhiteSpace(row.Label)).CountBy(row => row.Label)
            .FirstOrDefault(count => count.Value == 1).Key;
        if (single is not null)
            throw new InvalidDataException(
                $"The label '{single}' in column '{label}' of '{file}' has one training row, but --method few-shot compares rows of the " +
                "same label. Add rows, or lower --split-ratio, which reserves a part of the rows for validation.");
    }

    /// <exception cref="InvalidDataException">No row has a text, or all scores are the same.</exception>
    public void CheckScores(SplitRows<LabelledRow> all)
    {
        LabelledRow[] rows = all.Train;
        CheckTexts(rows);
        if (rows.Select(row => row.Similarity).Distinct().Count() < 2)
            throw new InvalidDataException(
                $"{All(rows)} have the score {rows[0].Similarity.ToString(CultureInfo.InvariantCulture)} in column '{label}', so there " +
                "is nothing to learn. Use rows with at least two scores.");
    }

    private void CheckTexts(LabelledRow[] rows)
    {
        if (rows.All(row => string.IsNullOrWhiteSpace(row.Sentence1) && string.IsNullOrWhiteSpace(row.Sentence2)))
            throw new InvalidDataException(
                $"No row of '{file}' has a text, so there is nothing to learn. Specify the text column with --text-col.");
    }

    private string All(LabelledRow[] rows) => string.Create(CultureInfo.InvariantCulture, $"All {rows.Length} training rows of '{file}'");
}
