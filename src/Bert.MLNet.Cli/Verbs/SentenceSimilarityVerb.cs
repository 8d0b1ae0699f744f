using System.CommandLine;
using Bert.MLNet.Cli.CodeGeneration;
using Bert.MLNet.Cli.Tables;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>sentence-similarity</c>: trains a model that scores the similarity of two texts.</summary>
internal static class SentenceSimilarityVerb
{
    public static Command Create(ToolStreams streams)
    {
        var options = new TrainingOptions(
            "SentenceSimilarity", MethodOption.Auto, MethodOption.BiEncoder, MethodOption.CrossEncoder, MethodOption.Embed);
        var metric = new MetricOption<BertSimilarityMetric>(options);
        var command = new Command(
            "sentence-similarity", "Trains a model that predicts a number for pairs of texts, and writes NAME.zip for ML.NET.");
        options.AddTo(command);
        metric.AddTo(command);
        command.SetAction((arguments, cancellation) => !options.Table.HasPair(arguments)
            ? throw new UsageException("Specify the columns of the two texts with --sentence1-col and --sentence2-col.")
            : TrainingRun.RunAsync(options, arguments, streams, new TrainingJob<LabelledRow>(
                (path, out source) => options.Table.Read(arguments, streams, path, isScore: true, out source), row =>
                    row.Describe(), SentenceSimilarityCode.Create, (ml, bert, rows, watch) =>
        {
            IDataView train = ml.Data.LoadFromEnumerable(rows.Train);
            if (watch.Auto is { } auto)
                return [.. auto.Run(ml.BertAuto().CreateSentenceSimilarityExperiment(auto.Apply(new SentenceSimilarityExperimentSettings
                {
                    LabelColumnName = nameof(LabelledRow.Similarity),
                    OptimizingMetric = metric.Of(arguments),
                })), train, options.HasValidation(arguments) ? ml.Data.LoadFromEnumerable(rows.Validation) : null)];
            if (options.Embeds(arguments))
            {
                ITransformer[] features = VectorTrainers.FitFeatures(ml, bert, train, pairs: true, options.Prompt(arguments, bert));
                IDataView cached = watch.Cache(ml, features.Aggregate(train, (data, step) => step.Transform(data)));
                return [.. features, VectorTrainers.Regression(rows.Train.Length, options.Seed(arguments)).Fit(cached)];
            }
            SentenceSimilarityTrainer.Options training = options.Apply(arguments, bert, watch, new SentenceSimilarityTrainer.Options
            {
                LabelColumnName = nameof(LabelledRow.Similarity),
                BiEncoder = options.Method(arguments) == MethodOption.BiEncoder,
                ValidationSet = rows.Validation.Length > 0 ? ml.Data.LoadFromEnumerable(rows.Validation) : null,
            });
            return [ml.Regression.Trainers.SentenceSimilarity(training).Fit(train)];
        })
        {
            Check = rows =>
            {
                metric.Check(arguments);
                options.Trainable(arguments).CheckScores(rows);
            },
            HasNumbers = true,
            BaselineTask = () => new SimilarityTask(
                new SentenceSimilarityExperimentSettings { LabelColumnName = nameof(LabelledRow.Similarity) }, options.Seed(arguments)),
        }, cancellation));
        return command;
    }
}
