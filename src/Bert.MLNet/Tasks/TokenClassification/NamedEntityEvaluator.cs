using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Counts labelled, predicted and rightly predicted entities, in one pass over the data.</summary>
internal sealed class NamedEntityEvaluator
{
    private readonly EntityReader _reader;
    private readonly HashSet<EntitySpan> _labelled = [], _predicted = []; // of the current row
    private readonly Dictionary<string, Counts> _types = [];
    private long _words, _rightWords;

    private NamedEntityEvaluator(EntityReader reader) => _reader = reader;

    public static NamedEntityMetrics Evaluate(IHostEnvironment env, IDataView data, string labelColumnName, string predictedLabelColumnName, NamedEntityScheme scheme)
    {
        var evaluator = new NamedEntityEvaluator(new EntityReader(scheme));
        DataViewSchema.Column label = TagColumn.Find(data.Schema, labelColumnName, nameof(labelColumnName));
        DataViewSchema.Column prediction = TagColumn.Find(data.Schema, predictedLabelColumnName, nameof(predictedLabelColumnName));
        DataScan.Run(env, data, [label, prediction], row =>
        {
            TagColumn labelled = new(row, label, evaluator._reader), predicted = new(row, prediction, evaluator._reader);
            return () =>
            {
                labelled.Read();
                predicted.Read();
                if (labelled.Tags.Count != predicted.Tags.Count)
                    throw new InvalidOperationException($"Row {row.Position} has {labelled.Tags.Count} tags in '{labelColumnName}' and {predicted.Tags.Count} in '{predictedLabelColumnName}'. Both columns need one tag for each word.");
                evaluator.Add(labelled.Tags, predicted.Tags);
            };
        });
        return evaluator.Metrics();
    }

    private void Add(List<EntityTag> labelled, List<EntityTag> predicted)
    {
        _words += labelled.Count;
        _rightWords += labelled.Zip(predicted).Count(pair => pair.First == pair.Second);
        _labelled.Clear();
        _predicted.Clear();
        _reader.Read(labelled, _labelled);
        _reader.Read(predicted, _predicted);
        foreach (EntitySpan entity in _labelled)
            Of(entity.Type).Labelled++;
        foreach (EntitySpan entity in _predicted)
        {
            Of(entity.Type).Predicted++;
            if (_labelled.Contains(entity))
                Of(entity.Type).Right++;
        }
    }

    private ref Counts Of(string type) => ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out _);

    private NamedEntityMetrics Metrics() => new(
        new(_types.ToDictionary(type => type.Key, type => type.Value.Scores()), StringComparer.Ordinal),
        new Counts
        {
            Right = _types.Values.Sum(counts => counts.Right),
            Predicted = _types.Values.Sum(counts => counts.Predicted),
            Labelled = _types.Values.Sum(counts => counts.Labelled),
        }.Scores(),
        (double)_rightWords / _words);

    private struct Counts
    {
        public long Right, Predicted, Labelled;

        public readonly NamedEntityScores Scores() => NamedEntityScores.Of(Right, Predicted, Labelled);
    }
}
