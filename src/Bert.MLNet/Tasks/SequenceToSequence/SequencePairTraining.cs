using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains the writing of targets for sources.</summary>
internal sealed class SequencePairTraining
    : ITrainingTask<SequencePairTarget, BertForSequenceToSequence, BertSequenceToSequenceTransformer>
{
    private readonly SequenceToSequenceTrainer.Options _options;
    private readonly BertSequenceToSequenceEstimator.Options _outputs;
    private readonly BertDecoder _decoder;

    public SequencePairTraining(IHost host, SequenceToSequenceTrainer.Options options)
    {
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        host.CheckNonEmpty(options.SourceColumnName, nameof(options.SourceColumnName));
        _decoder = options.Checkpoint.RequireDecoder();
        if (!_decoder.Config.TieWordEmbeddings)
            throw new NotSupportedException(
                $"The decoder of '{options.Checkpoint.Name}' has output weights that are separate from its embeddings " +
                "('tie_word_embeddings' in config.json is false), which is not supported in training. Use another checkpoint.");
        _options = options;
        _outputs = new BertSequenceToSequenceEstimator.Options
        {
            Model = options.Checkpoint,
            Batching = options.Batching,
            InputColumnName = options.SourceColumnName,
            OutputColumnName = options.OutputColumnName,
            MaxLength = options.MaxLength,
            Generation = options.Generation,
        }.Resolve();
    }

    public SchemaShape AddOutputs(SchemaShape inputSchema)
    {
        InputColumn.FindText(inputSchema, _options.LabelColumnName, nameof(_options.LabelColumnName));
        return SequenceToSequenceOutputs.ColumnsOf(_outputs).AddTo(inputSchema);
    }

    public SequencePairTarget Bind(DataViewSchema schema) => new(schema, _options);

    public TrainingPlan<BertForSequenceToSequence, BertSequenceToSequenceTransformer> Plan(
        SequencePairTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (rows.Length == 0)
            throw new InvalidOperationException(
                $"No row has a text in column '{_options.LabelColumnName}', so there is nothing to learn.");
        BertConfig decoder = _options.Dropout is { } dropout
            ? _decoder.Config with { HiddenDropoutProb = dropout, AttentionProbsDropoutProb = dropout }
            : _decoder.Config;
        BertModel model = _options.Checkpoint;
        return new(
            rows, model.Config,
            new NextTokenObjective(
                decoder, _decoder.SharesEncoder, _decoder.StartTokenId, _options.LabelSmoothingFactor,
                new GeneratedTexts(_options, _outputs).Metric),
            (env, trained) => new(env, _outputs with
            {
                Model = trained.WithSentence(model.Sentence).WithGeneration(_outputs.Generation!),
            }));
    }
}
