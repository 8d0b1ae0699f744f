using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Goes on with the pretraining of a checkpoint, on texts of your own kind: words are masked, and it learns to guess them.
/// </summary>
/// <remarks>
/// Input: a text column; there are no labels. Texts longer than <see cref="BertTrainingOptions.MaxLength"/> are read in windows, empty ones
/// are left out; all are kept as tokens, four bytes each. What is fitted guesses masked words, as <c>ApplyBertFillMask</c> does, and its
/// <see cref="BertTransformer.Model"/>, a <c>BertForMaskedLM</c>, can be given to any other step or trainer. A checkpoint's head for masked
/// words is kept, else there is a new one; other heads, and the pooler, are dropped, since nothing is learnt for them.
/// </remarks>
public sealed class MaskedLanguageModelTrainer : IEstimator<BertFillMaskTransformer>
{
    /// <summary>The options of <see cref="MaskedLanguageModelTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The column of texts. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>
        /// The share of tokens that are masked, drawn anew in each epoch. Whole words are drawn; of their tokens 80 % become [MASK], 10 %
        /// another token, and 10 % stay (Devlin et al., 2019). Default 0.15.
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
