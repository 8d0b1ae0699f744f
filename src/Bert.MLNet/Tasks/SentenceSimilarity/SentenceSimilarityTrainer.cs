using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Fine-tunes a checkpoint to score the similarity of two texts, as a cross-encoder or as a bi-encoder.
/// </summary>
/// <remarks>
/// Input: two text columns and a column of <see cref="float"/> on any scale; NaN is a missing value. Output of the fitted
/// transformer, a <see cref="BertCrossEncoderTransformer"/> or a <see cref="BertBiEncoderTransformer"/>: <c>Score</c>, a
/// <see cref="float"/> on the same scale.
/// <para>
/// A cross-encoder reads both texts together and is usually more accurate. A bi-encoder computes a vector of each text, so that
/// vectors can be computed once and searched. Its score is the cosine of two vectors, scaled from
/// <see cref="Options.MinimumLabel"/> (0) to <see cref="Options.MaximumLabel"/> (1), and lower if the cosine is negative. The checkpoint
/// determines how a text becomes a vector (<see cref="BertModel.Sentence"/>); the default is the mean of its last hidden states.
/// </para>
/// </remarks>
public sealed class SentenceSimilarityTrainer : IEstimator<BertTransformer>
{
    /// <summary>The options of <see cref="SentenceSimilarityTrainer"/>. Immutable.</summary>
    public sealed record Options : SequenceTrainingOptions
    {
        /// <summary>The name of the column of second texts. Default "Sentence2".</summary>
        public string Sentence2ColumnName { get; init; } = "Sentence2";

        /// <summary>
        /// Whether a bi-encoder is trained on the cosine of the texts' vectors. Default false: a cross-encoder.
        /// </summary>
        public bool BiEncoder { get; init; }

        /// <summary>
        /// The label of unrelated texts, which corresponds to a bi-encoder's cosine of 0. Default null: the smallest training
        /// label.
        /// </summary>
        public float? MinimumLabel { get; init; }

        /// <summary>
        /// The label of equivalent texts, which corresponds to a bi-encoder's cosine of 1. Default null: the largest training
        /// label.
        /// </summary>
        public float? MaximumLabel { get; init; }

        internal override void Check(BertModel model)
        {
            base.Check(model);
            Require(BiEncoder || (MinimumLabel ?? MaximumLabel) is null, nameof(MinimumLabel), MinimumLabel,
                $"null, and {nameof(MaximumLabel)} too, for a cross-encoder");
            Require(!(MinimumLabel >= MaximumLabel), nameof(MinimumLabel), MinimumLabel, $"less than {nameof(MaximumLabel)}");
            if (BiEncoder)
                VectorTraining.Check(model);
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
