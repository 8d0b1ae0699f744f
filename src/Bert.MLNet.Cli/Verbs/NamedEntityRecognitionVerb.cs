using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Reports;
using Bert.MLNet.Cli.Training;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>named-entity-recognition</c>: trains a model that finds entities in texts.</summary>
internal static class NamedEntityRecognitionVerb
{
    private const string Keys = "TypeKeys";

    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions("NamedEntityRecognition", MethodOption.Auto, MethodOption.FineTune);
        var dataset = new EntityDataset(options.Table);
        var command = new Command(
            "named-entity-recognition", "Trains a model that finds named entities in texts, and writes NAME.zip for ML.NET.");
        options.AddTo(command, "The training data: a CoNLL file, a .jsonl file with words and labels or with text and entities (or " +
            "spans, label), or a .tsv, .csv or .parquet table.");
        options.AddMethodTo(command);
        options.AddLibraryTo(command);
        options.Table.AddLabelledTextTo(command);
        command.SetAction((arguments, cancellation) => TrainingRun.RunAsync(options, arguments, streams, new TrainingJob<NamedEntityRow>(
            (path, out source) => dataset.Read(arguments, streams, path, out source),
            row => new DataRow(row.Text, "", row.Types), EntityRecognitionCode.Create, (ml, bert, rows, watch) =>
        {
            if (rows.Train.All(row => row.Types.Length == 0))
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"None of the {rows.Train.Length} training texts (of {rows.Train.Length + rows.Validation.Length}) has an " +
                        $"entity. Lower --split-ratio, or add texts with entities."));
            // Evaluation compares the names of types, so that a type that was never learned counts as not found.
            ValueToKeyMappingTransformer keys =
                ml.Transforms.Conversion.MapValueToKey(
                    Keys, nameof(NamedEntityRow.Types), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                        .Fit(ml.Data.LoadFromEnumerable(rows.Train.Concat(rows.Validation)));
            if (watch.Auto is { } auto)
                return [keys, .. Search(ml, auto, keys, rows, options.HasValidation(arguments))];
            NamedEntityRecognitionTrainer.Options training = options.Apply(arguments, bert, watch, new NamedEntityRecognitionTrainer.Options
            {
                Sentence1ColumnName = nameof(NamedEntityRow.Text),
                LabelColumnName = Keys,
                LabelStartsColumnName = nameof(NamedEntityRow.Starts),
                LabelEndsColumnName = nameof(NamedEntityRow.Ends),
                ValidationSet = rows.Validation.Length > 0 ? keys.Transform(ml.Data.LoadFromEnumerable(rows.Validation)) : null,
            });
            return [keys, ml.MulticlassClassification.Trainers.NamedEntityRecognition(training)
                .Fit(keys.Transform(ml.Data.LoadFromEnumerable(rows.Train)))];
        }), cancellation));
        return command;
    }

    private static IEnumerable<ITransformer> Search(
        MLContext ml, AutoRun auto, ValueToKeyMappingTransformer keys, SplitRows<NamedEntityRow> rows, bool hasValidation) => auto.Run(
        ml.BertAuto().CreateNamedEntityRecognitionExperiment(auto.Apply(new NamedEntityRecognitionExperimentSettings
        {
            Sentence1ColumnName = nameof(NamedEntityRow.Text),
            LabelColumnName = Keys,
            LabelStartsColumnName = nameof(NamedEntityRow.Starts),
            LabelEndsColumnName = nameof(NamedEntityRow.Ends),
        })),
        keys.Transform(ml.Data.LoadFromEnumerable(rows.Train)),
        hasValidation ? keys.Transform(ml.Data.LoadFromEnumerable(rows.Validation)) : null);
}
