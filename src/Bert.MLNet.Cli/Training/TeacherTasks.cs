using System.CommandLine;
using Bert.MLNet.Cli.Datasets;
using Bert.MLNet.Cli.Tables;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Bert.MLNet.Cli.Training;

/// <summary>What can be learned from a teacher.</summary>
internal sealed class TeacherTasks(
    TrainingOptions options, DistillationOptions distillation, ParseResult arguments, ToolStreams streams, BertModel teacher)
{
    private const string Keys = "TagKeys";

    private bool HasPair => options.Table.HasPair(arguments);

    /// <summary>Vectors of texts.</summary>
    /// <param name="progress">Receives the share of texts whose vectors are known.</param>
    public DistillJob<LabelledRow> Vectors(IProgress<double> progress) => new(
        path => [.. options.Table.ReadLines(arguments, streams, path).Select(text => new LabelledRow { Sentence1 = text })], TextsOf,
        (ml, student, rows, watch) =>
        {
            SentenceEmbeddingTrainer.Options training = options.Apply(arguments, student, watch, new SentenceEmbeddingTrainer.Options
            {
                Loss = distillation.Loss(arguments, teacher, options.Kept(arguments, ".teacher"), progress),
                ValidationSet = ViewOrNull(ml, rows.Validation),
            });
            return [ml.Ranking.Trainers.SentenceEmbedding(training).Fit(View(ml, rows.Train))];
        })
    {
        Predicts = false,
    };

    /// <summary>The labels of texts or pairs.</summary>
    public DistillJob<LabelledRow> Labels() => new(path => ReadTable(path, isScore: false), TextsOf, (ml, student, rows, watch) =>
    {
        ValueToKeyMappingTransformer keys =
            ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Fit(View(ml, [.. rows.Train, .. rows.Validation]));
        IDataView train = keys.Transform(View(ml, rows.Train));
        TextClassificationTrainer.Options training = options.Apply(arguments, student, watch, new TextClassificationTrainer.Options
        {
            Sentence2ColumnName = HasPair ? "Sentence2" : null,
            Distillation = distillation.Of(arguments, teacher),
            ValidationSet = ViewOrNull(ml, rows.Validation) is { } validation ? keys.Transform(validation) : null,
        });
        BertClassifierTransformer fitted = ml.MulticlassClassification.Trainers.TextClassification(training).Fit(train);
        return [keys, fitted, ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(fitted.Transform(train))];
    })
    {
        Check = options.Trainable(arguments).CheckLabels,
    };

    /// <summary>The scores of pairs.</summary>
    public DistillJob<LabelledRow> Scores() => new(path => ReadTable(path, isScore: true), TextsOf, (ml, student, rows, watch) =>
    {
        SentenceSimilarityTrainer.Options training = options.Apply(arguments, student, watch, new SentenceSimilarityTrainer.Options
        {
            LabelColumnName = nameof(LabelledRow.Similarity),
            Distillation = distillation.Of(arguments, teacher),
            ValidationSet = ViewOrNull(ml, rows.Validation),
        });
        return [ml.Regression.Trainers.SentenceSimilarity(training).Fit(View(ml, rows.Train))];
    })
    {
        Check = options.Trainable(arguments).CheckScores,
    };

    /// <summary>The labels of words. The steps of the model find entities in texts.</summary>
    public DistillJob<NamedEntityRow> Entities()
    {
        var dataset = new EntityDataset(options.Table);
        return new(path => dataset.Read(arguments, streams, path, out _), row => [row.Text], (ml, student, rows, watch) =>
        {
            // The tags are those of the teacher, in its order, even if some do not occur.
            ValueToKeyMappingTransformer keys = ml.Transforms.Conversion.MapValueToKey(Keys, nameof(EntityWords.Tags),
                keyData: ml.Data.LoadFromEnumerable(teacher.Config.LabelNames.Select(name => new { Name = name }))).Fit(Words([]));
            var training = options.Apply(arguments, student, watch, new NamedEntityRecognitionTrainer.Options
            {
                Sentence1ColumnName = nameof(EntityWords.Words),
                LabelColumnName = Keys,
                Distillation = distillation.Of(arguments, teacher),
                ValidationSet = rows.Validation.Length > 0 ? keys.Transform(Words(rows.Validation)) : null,
            });
            using BertTokenClassifierTransformer words =
                ml.MulticlassClassification.Trainers.NamedEntityRecognition(training).Fit(keys.Transform(Words(rows.Train)));
            return [ml.Transforms.Text.ApplyBertTokenClassifier(new BertTokenClassifierEstimator.Options
            {
                Model = words.Model,
                Aggregation = BertAggregation.First,
            }).Fit(View(ml, rows.Train))];

            IDataView Words(NamedEntityRow[] some) => View(ml, some.Select(row => EntityWords.Of(row, teacher.Config.LabelNames)));
        });
    }

    private LabelledRow[] ReadTable(string path, bool isScore) => options.Table.Read(arguments, streams, path, isScore, out _);

    private static IEnumerable<string> TextsOf(LabelledRow row) => [row.Sentence1, row.Sentence2];

    private static IDataView View<TRow>(MLContext ml, IEnumerable<TRow> rows)
        where TRow : class => ml.Data.LoadFromEnumerable(rows.ToArray());

    private static IDataView? ViewOrNull<TRow>(MLContext ml, TRow[] rows)
        where TRow : class => rows.Length > 0 ? View(ml, rows) : null;
}
