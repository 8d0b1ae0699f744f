using Bert.MLNet.Cli.Tables;

namespace Bert.MLNet.Cli.CodeGeneration;

/// <summary>Generated code of <c>named-entity-recognition</c>.</summary>
internal static class EntityRecognitionCode
{
    private static readonly CodeColumn s_text = new("Text", "Text", "string");

    /// <param name="settings">How the model was trained.</param>
    /// <param name="sample">A text.</param>
    public static ModelCode Create(TrainingSettings settings, params IReadOnlyList<string> sample) => new()
    {
        Scenario = "NamedEntityRecognition",
        Trainer = "NamedEntityRecognition",
        MetricName = "F1Score",
        Labels = [new("Types", "Types", "string[]"), new("Starts", "Starts", "int[]"), new("Ends", "Ends", "int[]")],
        Texts = [s_text],
        Outputs =
        [
            s_text, new("Entities", "Entities", "string[]"), new("EntityTypes", "EntityTypes", "string[]"),
            new("EntityScores", "EntityScores", "float[]"),
            new("EntityStarts", "EntityStarts", "int[]"), new("EntityEnds", "EntityEnds", "int[]"),
        ],
        RowOfCells = "InputOf(NamedEntityRow.FromTags(cells[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), cells[0].Split(' ', " +
            "StringSplitOptions.RemoveEmptyEntries)))",
        Rows = form => form is SourceForm.Conll or SourceForm.JsonLines
            ? $"from row in NamedEntityRow.ReadFile(inputDataFilePath{Columns(settings.Source.ConllColumns)})\n        select InputOf(row)"
            : null,
        Readers = _ => Input,
        Pipeline = $$"""
                    var types = mlContext.Transforms.Conversion.MapValueToKey("TypeKeys", "Types", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue);{{(settings.HasValidationSet
                        ? "\n        IDataView validation = types.Fit(trainData).Transform(LoadIDataViewFromFile(mlContext, ValidationFilePath));"
                        : "")}}
                    var options = new NamedEntityRecognitionTrainer.Options
                    {
            {{Pipelines.Options(settings, "Sentence1ColumnName = \"Text\",", "LabelColumnName = \"TypeKeys\",", "LabelStartsColumnName = \"Starts\",", "LabelEndsColumnName = \"Ends\",")}}
                    };
                    return types.Append(mlContext.MulticlassClassification.Trainers.NamedEntityRecognition(options));
            """,
        Metrics = "NamedEntityMetrics",
        Evaluation = "mlContext.MulticlassClassification.EvaluateNamedEntitySpans(predictions, \"Types\", \"Starts\", \"Ends\")",
        MetricsShown = ["Micro.Precision", "Micro.Recall", "Micro.F1Score"],
        Show = """
            for (int i = 0; i < output.Entities.Length; i++)
                Console.WriteLine(FormattableString.Invariant($"{output.EntityTypes[i]}: {output.Entities[i]} (from {output.EntityStarts[i]} to {output.EntityEnds[i]}, {output.EntityScores[i]})"));
            """,
        Sample = sample,
    };

    private const string Input = """
            private static ModelInput InputOf(NamedEntityRow row) => new() { Text = row.Text, Types = row.Types, Starts = row.Starts, Ends = row.Ends };

        """;

    private static string Columns((int? Word, int? Tag) columns) =>
        (columns.Word is { } word ? $", wordColumn: {CSharp.Literal(word)}" : "") +
            (columns.Tag is { } tag ? $", tagColumn: {CSharp.Literal(tag)}" : "");
}
