using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Trains the prediction of masked words on texts without labels.</summary>
internal sealed class MaskedWordsTraining : ITrainingTask<MaskedTextTarget, BertForMaskedLM, BertFillMaskTransformer>
{
    private readonly BertModel _model;
    private readonly MaskedLanguageModelTrainer.Options _options;
    private readonly BertFillMaskEstimator.Options _outputs;
    private readonly WholeWordMasking _masking;

    public MaskedWordsTraining(IHost host, MaskedLanguageModelTrainer.Options options)
    {
        (_model, _options) = (options.Checkpoint, options);
        host.CheckNonEmpty(options.InputColumnName, nameof(options.InputColumnName));
        _outputs = new BertFillMaskEstimator.Options
        {
            Model = _model,
            Batching = options.Batching,
            InputColumnName = options.InputColumnName,
            MaxLength = options.MaxLength,
        }.Resolve();
        _masking = new WholeWordMasking(_model.Tokenizer, options.MlmProbability);
        if (_model is { Config.TieWordEmbeddings: false, Weights: { } weights } && weights.Contains(CanonicalNames.Decoder))
        {
            throw new NotSupportedException(
                $"'{_model.Name}' has output weights that are separate from its embeddings " +
                "('tie_word_embeddings' in config.json is false), " +
                "which is not supported in training. Use another checkpoint.");
        }
    }

    public SchemaShape AddOutputs(SchemaShape inputSchema) => FillMaskOutputs.ColumnsOf(_outputs).AddTo(inputSchema);

    public MaskedTextTarget Bind(DataViewSchema schema) => new(schema, _model.Tokenizer, _outputs.MaxLength!.Value, _options);

    public TrainingPlan<BertForMaskedLM, BertFillMaskTransformer> Plan(
        MaskedTextTarget target, TrainingRow[] rows, TrainingRow[] validation)
    {
        if (rows.Length == 0)
        {
            throw new InvalidOperationException(
                $"No text in column '{_options.InputColumnName}' contains a word, so there is nothing to learn.");
        }
        BertConfig config = _model.Config with
        {
            Architectures = [_model.Config.Family.ClassFor(nameof(HeadKind.MaskedLM))],
            ProblemType = null,
            TieWordEmbeddings = true,
        };
        return new(rows, config, new MaskedWordsObjective(_masking, _options.MlmProbability),
            (env, trained) => new(env, _outputs with { Model = trained.WithSentence(_model.Sentence) }));
    }
}
