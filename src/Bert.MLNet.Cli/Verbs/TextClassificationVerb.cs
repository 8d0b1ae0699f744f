using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>text-classification</c>: trains a model that predicts the labels of texts or pairs.</summary>
internal static class TextClassificationVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions(
            "TextClassification", MethodOption.Auto, MethodOption.FineTune, MethodOption.Embed, MethodOption.FewShot);
        var metric = new MetricOption<BertClassificationMetric>(options);
        var scope = new ScopeOptions();
        var command = new Command(
            "text-classification", "Trains a model that predicts the label of a text or pair of texts, and writes NAME.zip for ML.NET.");
        options.AddTo(command);
        metric.AddTo(command);
        scope.AddTo(command);
        command.SetAction((arguments, cancellation) => TrainingRun.RunAsync(options, arguments, streams, new TrainingJob<LabelledRow>(
            (path, out source) => options.Table.Read(arguments, streams, path, isScore: false, out source), row =>
                row.Describe(), (settings, sample) => TextClassificationCode.Create(scope.Apply(arguments, settings), sample),
            (ml, bert, rows, watch) =>
        {
            bool pairs = options.Table.HasPair(arguments);
            ValueToKeyMappingTransformer keys =
                ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                    .Fit(ml.Data.LoadFromEnumerable(rows.Train.Concat(rows.Validation)));
            IDataView train = keys.Transform(ml.Data.LoadFromEnumerable(rows.Train)), validation =
                keys.Transform(ml.Data.LoadFromEnumerable(rows.Validation));
            ITransformer[] trained = watch.Auto is { } auto
                ? Search(ml, auto, train, rows.Validation.Length > 0 && options.HasValidation(arguments) ? validation : null,
                    Settings(pairs) with { OptimizingMetric = metric.Of(arguments) })
                : options.Embeds(arguments)
                ? Embed(ml, bert, watch, train, pairs, options.Prompt(arguments, bert))
                : [FineTune(train, validation)];
            // Fitting MapKeyToValue only reads the schema.
            ITransformer names = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")
                .Fit(trained.Aggregate(train, (data, step) => step.Transform(data)));
            return [keys, .. trained, names];

            ITransformer FineTune(IDataView train, IDataView validation)
            {
                TextClassificationTrainer.Options training = scope.Apply(arguments, new TextClassificationTrainer.Options
                {
                    Sentence2ColumnName = pairs ? "Sentence2" : null,
                    FewShot = options.IsFewShot(arguments) ? new BertFewShotOptions() : null,
                    ValidationSet = rows.Validation.Length > 0 ? validation : null,
                });
                training = options.Apply(arguments, bert, watch, training);
                return ml.MulticlassClassification.Trainers.TextClassification(training).Fit(train);
            }
        })
        {
            BaselineTask = () => new ClassificationTask(Settings(options.Table.HasPair(arguments)), options.Seed(arguments)),
            Check = rows =>
            {
                metric.Check(arguments);
                scope.Check(arguments, !options.Embeds(arguments) && !options.IsAuto(arguments), rows.Validation.Length);
                options.Trainable(arguments).CheckLabels(rows);
                if (options.IsFewShot(arguments))
                    options.Trainable(arguments).CheckFewShot(rows, options.Table.HasPair(arguments));
            },
        }, cancellation));
        return command;
    }

    private static TextClassificationExperimentSettings Settings(bool pairs) => new() { Sentence2ColumnName = pairs ? "Sentence2" : null };

    private static ITransformer[] Search(
        MLContext ml, AutoRun auto, IDataView train, IDataView? validation, TextClassificationExperimentSettings settings) =>
        [.. auto.Run(ml.BertAuto().CreateTextClassificationExperiment(auto.Apply(settings)), train, validation)];

    private static ITransformer[] Embed(MLContext ml, BertModel bert, TrainingWatch watch, IDataView train, bool pairs, string? prompt)
    {
        ITransformer[] features = VectorTrainers.FitFeatures(ml, bert, train, pairs, prompt);
        IDataView cached = watch.Cache(ml, features.Aggregate(train, (data, step) => step.Transform(data)));
        return [.. features, VectorTrainers.Classifier(ml, pairs).Fit(cached)];
    }
}
