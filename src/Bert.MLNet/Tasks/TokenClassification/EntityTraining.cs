using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains on entities, given as labels of words or as positions in texts.</summary>
internal sealed class EntityTraining : ITrainingTask<EntityTarget, BertForTokenClassification, BertTokenClassifierTransformer>
{
    // The labels are known once there is data.
    private static readonly KeyValues Unknown = KeyValues.Of(["", ""]);

    private readonly IHost _host;
    private readonly BertModel _model;
    private readonly NamedEntityRecognitionTrainer.Options _options;
    private readonly TokenLabeller _labeller;

    public EntityTraining(IHost host, NamedEntityRecognitionTrainer.Options options)
    {
        (_host, _model, _options) = (host, options.Checkpoint, options);
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        if (options.LabelStartsColumnName is null != options.LabelEndsColumnName is null)
        {
            throw new ArgumentException(
                $"Only one of {nameof(options.LabelStartsColumnName)} and {nameof(options.LabelEndsColumnName)} is set. " +
                "Set both, or neither.", nameof(options));
        }
        BertTokenClassifierEstimator.Options outputs = Outputs(_model, Unknown, scheme: null);
        _ = TokenClassifierOutputs.ColumnsOf(outputs);
        Teacher = options.Distillation is { } distillation ? CreateTeacher(distillation) : null;
        _labeller = new TokenLabeller(_model.Tokenizer, outputs.MaxLength!.Value, outputs.Stride!.Value);
    }

    public TeacherStep? Teacher { get; }

    private bool HasSpans => _options.LabelStartsColumnName is not null;

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        SchemaShape.Column label = EntityLabels.Find(inputSchema, _options.LabelColumnName);
        if (HasSpans)
        {
            InputColumn.FindText(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
            SpanLabels.ColumnsOf(_options).CheckPositions(inputSchema);
        }
        else
        {
            WordsColumn.Find(inputSchema, _options.Sentence1ColumnName, nameof(_options.Sentence1ColumnName));
        }
        StepColumns columns = TokenClassifierOutputs.ColumnsOf(Outputs(_model, Unknown, scheme: null));
        return OutputShape.Add(inputSchema, [.. OutputShape.WithKeyValuesOf(label, columns.Outputs)]);
    }

    public EntityTarget Bind(DataViewSchema schema) =>
        new(HasSpans ? new SpanLabels(schema, _options) : new WordLabels(schema, _options, Teacher), _labeller);

    public TrainingPlan<BertForTokenClassification, BertTokenClassifierTransformer> Plan(
        EntityTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        EntityLabels labels = target.Labels;
        if (rows.All(row => row.Targets.All(target => target == TokenClassificationObjective.Ignored || target == labels.Tags.Outside)))
        {
            throw new InvalidOperationException(
                $"No row has an entity in column '{labels.Column.Name}', so there is nothing to learn. " +
                "Give rows with labels other than O.");
        }
        TagScheme scheme = Repair(rows, labels);
        BertConfig config = _model.Config.WithHead(HeadKind.TokenClassification, labels.Tags.Names).WithLstm(_options.LstmSize);
        var objective = new TokenClassificationObjective(
            labels.Tags.Names.Count, "F1Score",
            rows => F1Score(TokenClassificationObjective.Texts(rows, labels.Tags.Names.Count), labels.Tags));
        return new(rows, config, Distillation.Objective(_options.Distillation, objective),
            (env, trained) => new(env, Outputs(trained, labels.Values, scheme)));
    }

    private TeacherStep CreateTeacher(BertDistillation distillation)
    {
        if (HasSpans)
            throw new ArgumentException(
                $"{nameof(_options.Distillation)} requires labels of words, but {nameof(_options.LabelStartsColumnName)} is set. Use a " +
                "column of words and one of their labels.");
        EncoderOutput.TokenLogits.Check(distillation.Teacher);
        BertTokenClassifierEstimator.Options outputs = new BertTokenClassifierEstimator.Options
        {
            Model = distillation.Teacher,
            Batching = distillation.Batching,
            InputColumnName = _options.Sentence1ColumnName,
            WordScoresColumnName = TeacherStep.Outputs,
            WordLabelsColumnName = TeacherStep.Unused("WordLabels"),
            OutputColumnName = TeacherStep.Unused("Entities"),
            TypesColumnName = TeacherStep.Unused("Types"),
            ScoresColumnName = TeacherStep.Unused("Scores"),
            StartsColumnName = TeacherStep.Unused("Starts"),
            EndsColumnName = TeacherStep.Unused("Ends"),
            Aggregation = BertAggregation.First,
        }.Resolve();
        return new TeacherStep(distillation, areProbabilities: true, env => new BertTokenClassifierTransformer(env, outputs));
    }

    /// <summary>Determines the scheme of the labels, and repairs those that are not written in it.</summary>
    private TagScheme Repair(TrainingRow[] rows, EntityLabels labels)
    {
        TrainingRow[][] texts = [.. rows.Where(row => !row.HasTeacherOnly).GroupBy(row => row.Position)
            .Select(text => text.ToArray())];
        TagScheme scheme = labels.Tags.SchemeOf(texts.Select(LabelsOf));
        long repaired = 0;
        foreach (TrainingRow[] text in texts)
        {
            int[] found = LabelsOf(text), written = labels.Tags.Write(found, scheme);
            repaired += found.Zip(written).Count(word => word.First != word.Second);
            int next = 0;
            foreach (TrainingRow row in text)
            {
                for (int token = 0; token < row.Length; token++)
                {
                    if (row.Targets[token] != TokenClassificationObjective.Ignored)
                        row.Targets[token] = written[next++];
                }
            }
        }
        using IChannel channel = _host.Start("Reading");
        string name = scheme.ToString().ToUpperInvariant();
        channel.Info($"Labels of column '{labels.Column.Name}' are read as {name}; {repaired} were not written in it and are repaired.");
        return scheme;

        static int[] LabelsOf(TrainingRow[] text) =>
        [
            .. text.SelectMany(row => row.Targets)
                .Where(target => target != TokenClassificationObjective.Ignored).Select(target => (int)target),
        ];
    }

    private static double F1Score(IEnumerable<(int[] Right, int[] Predicted)> texts, TagSet tags)
    {
        var counts = new EntityCounts();
        foreach ((int[] right, int[] predicted) in texts)
            counts.Add(tags.Read(right), tags.Read(predicted));
        return counts.Micro().F1Score;
    }

    private BertTokenClassifierEstimator.Options Outputs(BertModel model, KeyValues labels, TagScheme? scheme) =>
        new BertTokenClassifierEstimator.Options
        {
            Model = model,
            Batching = _options.Batching,
            Labels = labels,
            Scheme = scheme,
            InputColumnName = _options.Sentence1ColumnName,
            OutputColumnName = _options.EntitiesColumnName,
            TypesColumnName = _options.EntityTypesColumnName,
            ScoresColumnName = _options.EntityScoresColumnName,
            StartsColumnName = _options.EntityStartsColumnName,
            EndsColumnName = _options.EntityEndsColumnName,
            WordLabelsColumnName = HasSpans ? null : _options.OutputColumnName,
            WordScoresColumnName = _options.ScoreColumnName,
            Aggregation = BertAggregation.First,
            Stride = _options.Stride,
            MaxLength = _options.MaxLength,
        }.Resolve();
}
