using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Fine-tunes a checkpoint to say how alike two texts are: as a cross-encoder, which reads both at once, or as a bi-encoder, which makes a
/// vector of each.
/// </summary>
/// <remarks>
/// Input: two text columns and a column of <see cref="float"/>, on any scale, of which NaN is a missing value. Output of what is fitted, a
/// <see cref="BertCrossEncoderTransformer"/> or a <see cref="BertBiEncoderTransformer"/>: <c>Score</c>, a <see cref="float"/> on the same
/// scale.
/// <para>
/// A cross-encoder as a rule judges better. A bi-encoder's vectors can be computed once a text and searched: its score is the cosine of
/// two vectors, from <see cref="Options.MinimumLabel"/> (0) to <see cref="Options.MaximumLabel"/> (1), and below where the cosine is
/// negative. How a text becomes a vector is what the checkpoint says (<see cref="BertModel.Sentence"/>), the mean of its last hidden states
/// where it says nothing.
/// </para>
/// </remarks>
public sealed class SentenceSimilarityTrainer : IEstimator<BertTransformer>
{
    /// <summary>The options of <see cref="SentenceSimilarityTrainer"/>. Immutable.</summary>
    public sealed record Options : SequenceTrainingOptions
    {
        /// <summary>The column of second texts. Default "Sentence2".</summary>
        public string Sentence2ColumnName { get; init; } = "Sentence2";

        /// <summary>
        /// Whether each text gets a vector of its own, and the cosine of the two is learnt. Default false: a cross-encoder.
        /// </summary>
        public bool BiEncoder { get; init; }

        /// <summary>
        /// The label of texts that have nothing in common: the cosine 0 of a bi-encoder. Default null: the smallest that is learnt from.
        /// </summary>
        public float? MinimumLabel { get; init; }

        /// <summary>
        /// The label of texts that say the same: the cosine 1 of a bi-encoder. Default null: the largest that is learnt from.
        /// </summary>
        public float? MaximumLabel { get; init; }

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(BiEncoder || (MinimumLabel ?? MaximumLabel) is null, nameof(MinimumLabel), MinimumLabel,
                $"null, and {nameof(MaximumLabel)} too, for a cross-encoder");
            Require(!(MinimumLabel >= MaximumLabel), nameof(MinimumLabel), MinimumLabel, $"less than {nameof(MaximumLabel)}");
            if (BiEncoder && model.Sentence is { IncludePrompt: false, DefaultPrompt: not null })
            {
                throw new NotSupportedException(
                    $"'{model.Name}' leaves its prompt out of pooling, which is not supported in training. " +
                    $"Use model.WithSentence(model.Sentence with {{ IncludePrompt = true }}), or another checkpoint.");
            }
        }
    }

    private readonly IEstimator<BertTransformer> _trainer;

    internal SentenceSimilarityTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        options.Checkpoint.CheckMaxLength(options.MaxLength!.Value, hasPair: true);
        IHost host = env.Register(nameof(SentenceSimilarityTrainer));
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        host.CheckNonEmpty(options.Sentence2ColumnName, nameof(options.Sentence2ColumnName));
        _trainer = options.BiEncoder ? BiEncoderTraining.Trainer(host, options) : CrossEncoderTraining.Trainer(host, options);
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertTransformer Fit(IDataView input) => _trainer.Fit(input);
}
