using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Trains the vectors of texts.</summary>
internal sealed class SentenceTraining(SentenceEmbeddingTrainer.Options options)
    : ITrainingTask<TextsTarget, SentenceEncoder, BertEmbeddingTransformer>
{
    private readonly (string Name, string Option)[] _texts = options.Texts;

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        foreach ((string name, string option) in _texts)
            InputColumn.FindText(inputSchema, name, option);
        switch (options.Loss.Label)
        {
            case SentenceLabel.Similarity:
                NumberTarget.Check(inputSchema, options.LabelColumnName);
                break;
            case SentenceLabel.Class:
                ClassTarget.Check(inputSchema, options.LabelColumnName);
                break;
            case SentenceLabel.Vector:
                VectorTarget.Check(inputSchema, options.LabelColumnName);
                break;
        }
        return Output(options.Checkpoint).Columns.AddTo(inputSchema);
    }

    public TextsTarget Bind(DataViewSchema schema) => new(
        [.. _texts.Select(text => InputColumn.FindText(schema, text.Name, text.Option))],
        options.Loss.Label switch
        {
            SentenceLabel.Similarity => new NumberTarget(schema, options.LabelColumnName),
            SentenceLabel.Class => new ClassTarget(schema, options.LabelColumnName),
            SentenceLabel.Vector => new VectorTarget(schema, options.LabelColumnName),
            _ => null,
        },
        (text, ids) => VectorTraining.Encode(options, text, ids),
        options.Loss.VectorTeacher);

    public TrainingPlan<SentenceEncoder, BertEmbeddingTransformer> Plan(
        TextsTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (rows.Length < 2)
        {
            throw new InvalidOperationException(
                $"The training data has {rows.Length} rows that can be used, but at least two are needed. Give rows with texts in " +
                $"{string.Join(", ", _texts.Select(text => $"'{text.Name}'"))}" +
                (target.Label is { } label ? $" and a label in '{label.Column.Name}'." : "."));
        }
        BertModel model = options.Checkpoint;
        BertConfig config = model.Config with { Architectures = [model.Config.Family.EncoderClass], ProblemType = null };
        return new(rows, config, new SentenceObjective(model.Sentence, options.Loss, Scale(target, rows)),
            (env, trained) => new(env, Output(trained)));
    }

    private LabelScale Scale(TextsTarget target, TrainingRow[] rows)
    {
        switch (target.Label)
        {
            case NumberTarget number:
                (float minimum, float maximum) = number.Range(rows, options.MinimumLabel, options.MaximumLabel);
                return new LabelScale.Range(minimum, maximum);
            case VectorTarget:
            case null when options.Loss.VectorTeacher is not null:
                return LabelScale.Projection.Of(rows, Output(options.Checkpoint).Dimension, options.Threads);
            default:
                return LabelScale.None;
        }
    }

    private BertEmbeddingEstimator.Options Output(BertModel model) => (BertEmbeddingEstimator.Options)new BertEmbeddingEstimator.Options
    {
        Model = VectorTraining.WithSentence(options, model),
        Batching = options.Batching,
        InputColumnName = options.Sentence1ColumnName,
        OutputColumnName = options.OutputColumnName,
        MaxLength = options.MaxLength,
    }.Resolve();
}
