using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Counts labelled, predicted and correctly predicted entities, in one pass over the data.</summary>
internal static class NamedEntityEvaluator
{
    /// <summary>Compares tags, one for each word.</summary>
    public static NamedEntityMetrics Evaluate(
        IHostEnvironment env, IDataView data, string labelColumnName, string predictedLabelColumnName, NamedEntityScheme scheme)
    {
        var reader = new EntityReader(scheme);
        var counts = new EntityCounts();
        long words = 0, rightWords = 0;
        DataViewSchema.Column label = TagTarget.Find(data.Schema, labelColumnName, nameof(labelColumnName));
        DataViewSchema.Column prediction = TagTarget.Find(data.Schema, predictedLabelColumnName, nameof(predictedLabelColumnName));
        DataScan.Run(env, data, [label, prediction], row =>
        {
            TagTarget labelled = new(row, label, reader), predicted = new(row, prediction, reader);
            List<EntitySpan> labelledEntities = [], predictedEntities = [];
            return () =>
            {
                labelled.Read();
                predicted.Read();
                if (labelled.Tags.Count != predicted.Tags.Count)
                    throw new InvalidOperationException(
                        $"Row {row.Position} has {labelled.Tags.Count} tags in '{labelColumnName}' and {predicted.Tags.Count} " +
                        $"in '{predictedLabelColumnName}'. Both columns need one tag for each word.");
                words += labelled.Tags.Count;
                rightWords += labelled.Tags.Zip(predicted.Tags).Count(pair => pair.First == pair.Second);
                labelledEntities.Clear();
                predictedEntities.Clear();
                reader.Read(labelled.Tags, labelledEntities);
                reader.Read(predicted.Tags, predictedEntities);
                counts.Add(labelledEntities, predictedEntities);
            };
        });
        return new(counts, (double)rightWords / words);
    }

    /// <summary>Compares positions in texts.</summary>
    public static NamedEntityMetrics Evaluate(IHostEnvironment env, IDataView data, SpanColumns label, SpanColumns prediction)
    {
        var counts = new EntityCounts();
        DataViewSchema.Column[] labelColumns = label.Bind(data.Schema), predictionColumns = prediction.Bind(data.Schema);
        DataScan.Run(env, data, [.. labelColumns, .. predictionColumns], row =>
        {
            Func<List<EntitySpan>> labelled = label.CreateReader(row, labelColumns);
            Func<List<EntitySpan>> predicted = prediction.CreateReader(row, predictionColumns);
            return () => counts.Add(labelled(), predicted());
        });
        return new(counts, double.NaN);
    }
}
