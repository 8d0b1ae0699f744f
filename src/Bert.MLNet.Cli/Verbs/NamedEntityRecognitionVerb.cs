using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>named-entity-recognition</c>: learns to find entities in texts.</summary>
internal static class NamedEntityRecognitionVerb
{
    private const string Keys = "TypeKeys";

    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("NamedEntityRecognition");
        var dataset = new EntityDataset(options.Table);
        var command = new Command("named-entity-recognition", "Learns to find named entities in texts, and writes NAME.zip for ML.NET.");
        options.AddTo(command, "What to learn from: CoNLL's columns, .jsonl with words and labels or text and entities (or spans, label), or a .tsv, .csv or .parquet table.");
        options.AddLibraryTo(command);
        options.Table.AddLabelledTextTo(command);
        command.SetAction((arguments, cancellation) => TrainingRun.RunAsync(options, arguments, streams, new TrainingTask<NamedEntityRow>(
            (path, out source) => dataset.Read(arguments, streams, path, out source), row => new DataRow(row.Text, "", row.Types), EntityRecognitionCode.Create, (ml, bert, rows, watch) =>
        {
            if (rows.Train.All(row => row.Types.Length == 0))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"No entity is left to learn from ({rows.Train.Length} of {rows.Train.Length + rows.Validation.Length} texts). Lower --split-ratio, or give more texts with entities."));
            // Evaluation compares the types as they are written, so that one that was never learnt counts as not found.
            ValueToKeyMappingTransformer keys = ml.Transforms.Conversion.MapValueToKey(Keys, nameof(NamedEntityRow.Types), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(ml.Data.LoadFromEnumerable(rows.Train.Concat(rows.Validation)));
            NamedEntityRecognitionTrainer.Options training = options.Apply(arguments, bert, watch, new NamedEntityRecognitionTrainer.Options
            {
                Sentence1ColumnName = nameof(NamedEntityRow.Text),
                LabelColumnName = Keys,
                LabelStartsColumnName = nameof(NamedEntityRow.Starts),
                LabelEndsColumnName = nameof(NamedEntityRow.Ends),
                ValidationSet = rows.Validation.Length > 0 ? keys.Transform(ml.Data.LoadFromEnumerable(rows.Validation)) : null,
            });
            return [keys, ml.MulticlassClassification.Trainers.NamedEntityRecognition(training).Fit(keys.Transform(ml.Data.LoadFromEnumerable(rows.Train)))];
        }), cancellation));
        return command;
    }
}
