using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tasks;

/// <summary>A column of numbers. NaN is a missing value.</summary>
internal sealed class NumberTarget(DataViewSchema schema, string name) : SequenceLabels(
    InputColumn.Find(schema, name, nameof(SequenceTrainingOptions.LabelColumnName), Expected, type => type == NumberDataViewType.Single))
{
    private const string Expected = "Single";
    private const string Minimum = nameof(SentenceSimilarityTrainer.Options.MinimumLabel);
    private const string Maximum = nameof(SentenceSimilarityTrainer.Options.MaximumLabel);

    /// <summary>Checks the column when only the shape of the schema is known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static void Check(SchemaShape schema, string name) => InputColumn.Find(
        schema, name, nameof(SequenceTrainingOptions.LabelColumnName), Expected,
        column => column.ItemType == NumberDataViewType.Single && !column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar);

    /// <summary>Checks the column when only the shape of the schema is known, and adds the column of predicted numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static SchemaShape AddScore(SchemaShape schema, SequenceTrainingOptions options)
    {
        Check(schema, options.LabelColumnName);
        return OutputShape.Add(schema, [PredictionColumn.Regression(options.ScoreColumnName)]);
    }

    /// <summary>Returns the config of a checkpoint that was trained to predict the numbers themselves.</summary>
    /// <remarks>Cross-encoders of sentence-transformers apply a sigmoid unless their config says otherwise.</remarks>
    public static BertConfig ConfigOf(BertModel model)
    {
        var activation = new Dictionary<string, object?> { ["sbert_ce_default_activation_function"] = "torch.nn.modules.linear.Identity" };
        return model.Config.WithHead(HeadKind.SequenceClassification, ["LABEL_0"], "regression") with
        {
            Source = JsonFile.Merge(model.Config.Source, activation),
        };
    }

    public override Func<float[]?> CreateReader(DataViewRow row)
    {
        ValueGetter<float> getter = row.GetGetter<float>(Column);
        float value = 0;
        return () =>
        {
            getter(ref value);
            return float.IsNaN(value) ? null : [value];
        };
    }

    /// <summary>Creates the objective that learns the numbers themselves.</summary>
    /// <exception cref="InvalidOperationException">The rows contain no numbers.</exception>
    public RegressionObjective Regression(TrainingRow[] rows)
    {
        rows = Numbered(rows);
        double mean = rows.Average(row => (double)row.Targets[0]);
        double deviation = Math.Sqrt(rows.Average(row => Math.Pow(row.Targets[0] - mean, 2)));
        return new RegressionObjective(mean, deviation > 0 ? deviation : 1);
    }

    /// <summary>
    /// Returns the values that correspond to cosines of 0 and 1. If the options do not set them, they are the smallest and the largest.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The rows contain no numbers, or a value does not correspond to any cosine.
    /// </exception>
    public (float Minimum, float Maximum) Range(TrainingRow[] rows, float? minimumLabel, float? maximumLabel)
    {
        rows = Numbered(rows);
        float minimum = minimumLabel ?? rows.Min(row => row.Targets[0]);
        float maximum = maximumLabel ?? rows.Max(row => row.Targets[0]);
        if (minimum >= maximum)
        {
            throw new InvalidOperationException(
                $"The numbers of column '{Column.Name}' are from {minimum} to {maximum}, so there is no scale for a cosine. " +
                $"Set {Minimum} and {Maximum}.");
        }
        if (Array.Find(rows, row => Math.Abs((row.Targets[0] - minimum) / (maximum - minimum)) > 1) is { } outside)
        {
            throw new InvalidOperationException(
                $"Row {outside.Position} (counted from 0) has the number {outside.Targets[0]} in column '{Column.Name}', " +
                $"but a cosine, from -1 to 1, corresponds to {2 * minimum - maximum} to {maximum}. " +
                $"Correct {Minimum} and {Maximum}, or the row.");
        }
        return (minimum, maximum);
    }

    private TrainingRow[] Numbered(TrainingRow[] rows)
    {
        rows = [.. rows.Where(row => !row.HasTeacherOnly)];
        return rows.Length > 0
            ? rows
            : throw new InvalidOperationException($"No row has a number in column '{Column.Name}', so there is nothing to learn.");
    }
}
