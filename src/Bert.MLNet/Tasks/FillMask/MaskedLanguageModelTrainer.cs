using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Continues the pretraining of a checkpoint on unlabelled texts: words are masked, and the checkpoint learns to predict them.
/// </summary>
/// <remarks>
/// Input: a text column, without labels. Texts longer than <see cref="BertTrainingOptions.MaxLength"/> are read in windows, and
/// empty ones are skipped. All texts are kept in memory as tokens, four bytes each. The fitted transformer predicts masked words
/// like <c>ApplyBertFillMask</c>. Its <see cref="BertTransformer.Model"/>, a <c>BertForMaskedLM</c>, can be used in any other step
/// or trainer. The checkpoint's masked language modelling head is kept, or a new one is created. Other heads and the pooler are
/// dropped, because they are not trained.
/// </remarks>
public sealed class MaskedLanguageModelTrainer : IEstimator<BertFillMaskTransformer>
{
    /// <summary>The options of <see cref="MaskedLanguageModelTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>
        /// The share of tokens that are masked, drawn anew in each epoch. Whole words are drawn. Of their tokens, 80 % become
        /// [MASK], 10 % become another token, and 10 % stay (Devlin et al., 2019). Default 0.15.
        /// </summary>
        public double MlmProbability { get; init; } = 0.15;

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(MlmProbability is > 0 and < 1, nameof(MlmProbability), MlmProbability, "above 0 and less than 1");
        }
    }

    private readonly IEstimator<BertFillMaskTransformer> _trainer;

    internal MaskedLanguageModelTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        IHost host = env.Register(nameof(MaskedLanguageModelTrainer));
        _trainer = FineTuningTrainer.Create(host, options, new MaskedWordsTraining(host, options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertFillMaskTransformer Fit(IDataView input) => _trainer.Fit(input);
}
