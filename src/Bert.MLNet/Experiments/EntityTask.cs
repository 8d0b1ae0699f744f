using Bert.MLNet.DataViews;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Experiments;

/// <summary>
/// Experiments for named entities. An outcome is the numbers of correct, predicted and labelled entities; the label of a row is the number
/// of its entities.
/// </summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed.</param>
internal sealed class EntityTask(NamedEntityRecognitionExperimentSettings settings, int seed) : TrainedTask
{
    private readonly MLContext _ml = new(seed);
    private bool _isText;

    public override IReadOnlyList<OutcomeMetric> Metrics { get; } =
    [
        Metric("F1Score", scores => scores.F1Score), Metric("Precision", scores => scores.Precision),
        Metric("Recall", scores => scores.Recall),
    ];

    public override IReadOnlyList<string> Texts => _isText ? [settings.Sentence1ColumnName] : [];

    public override IDataView Prepare(MLContext ml, IDataView data)
    {
        TagTarget.Find(data.Schema, settings.LabelColumnName, nameof(settings.LabelColumnName));
        DataViewSchema.Column text = InputColumn.Find(data.Schema, settings.Sentence1ColumnName, nameof(settings.Sentence1ColumnName),
            "text, or a vector of it,", type => type is TextDataViewType or VectorDataViewType { ItemType: TextDataViewType });
        _isText = text.Type is TextDataViewType;
        return data;
    }

    public override double[] Labels(IDataView data) => [.. Read(data, Labelled(data)).Select(row => (double)row.Count)];

    public override void Check(double[] labels)
    {
        if (labels.All(count => count == 0))
            throw new InvalidOperationException(
                $"None of the {labels.Length} rows has an entity in column '{settings.LabelColumnName}', so there is nothing to learn.");
    }

    public override IEnumerable<Baseline> Baselines(double[] labels) =>
        [new("no entities", (_, test) => [.. test.Select(count => new[] { 0, 0, count })])];

    public override ITransformer FineTune(
        MLContext ml, FineTuningContender contender, FineTuningRun run, int epochs, IDataView rows) =>
        ml.MulticlassClassification.Trainers.NamedEntityRecognition(Apply(contender, run, epochs, seed,
            new NamedEntityRecognitionTrainer.Options
            {
                LabelColumnName = settings.LabelColumnName,
                Sentence1ColumnName = settings.Sentence1ColumnName,
                LabelStartsColumnName = settings.LabelStartsColumnName,
                LabelEndsColumnName = settings.LabelEndsColumnName,
            })).Fit(rows);

    public override double[][] Outcomes(IDataView predictions) =>
    [
        .. Read(predictions, Labelled(predictions)).Zip(Read(predictions, Predicted(predictions)), (labelled, predicted) =>
            new double[] { labelled.Count(predicted.Contains), predicted.Count, labelled.Count }),
    ];

    private EntityColumns Labelled(IDataView data) =>
        settings.LabelStartsColumnName is { } starts
            ? Spans(data, settings.LabelColumnName, starts, settings.LabelEndsColumnName!)
            : Tags(data, settings.LabelColumnName);

    private EntityColumns Predicted(IDataView data) => settings.LabelStartsColumnName is null
        ? Tags(data, "PredictedLabel")
        : Spans(data, "EntityTypes", "EntityStarts", "EntityEnds");

    private static EntityColumns Spans(IDataView data, string types, string starts, string ends)
    {
        var columns = new SpanColumns((types, nameof(types)), (starts, nameof(starts)), (ends, nameof(ends)));
        DataViewSchema.Column[] bound = columns.Bind(data.Schema);
        return new(bound, row => columns.CreateReader(row, bound));
    }

    private static EntityColumns Tags(IDataView data, string name)
    {
        DataViewSchema.Column column = TagTarget.Find(data.Schema, name, nameof(name));
        var reader = new EntityReader(NamedEntityScheme.Conll);
        return new([column], row =>
        {
            var tags = new TagTarget(row, column, reader);
            return () =>
            {
                List<EntitySpan> entities = [];
                tags.Read();
                reader.Read(tags.Tags, entities);
                return entities;
            };
        });
    }

    private List<HashSet<EntitySpan>> Read(IDataView data, EntityColumns columns)
    {
        List<HashSet<EntitySpan>> rows = [];
        DataScan.Run(_ml, data, columns.Columns, row =>
        {
            Func<IEnumerable<EntitySpan>> read = columns.Open(row);
            return () => rows.Add([.. read()]);
        });
        return rows;
    }

    /// <summary>Columns of entities, and how a row of them is read.</summary>
    private sealed record EntityColumns(DataViewSchema.Column[] Columns, Func<DataViewRow, Func<IEnumerable<EntitySpan>>> Open);

    private static OutcomeMetric Metric(string name, Func<NamedEntityScores, double> select) => new(name, true,
        rows => select(NamedEntityScores.Of(Sum(rows, 0), Sum(rows, 1), Sum(rows, 2))));

    private static long Sum(IReadOnlyList<double[]> rows, int column) => (long)rows.Sum(row => row[column]);
}
