using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>Trains an encoder and a decoder to write texts, such as translations and summaries, from examples.</summary>
/// <remarks>
/// <para>
/// Input: a text column of sources and one of targets. Rows with an empty target are skipped; longer texts are truncated. The checkpoint
/// must have a decoder, which <see cref="BertModel.WithDecoder"/> creates from the weights of an encoder or at random. The decoder is
/// trained completely, also if layers of the encoder are frozen or have adapters, unless <see cref="Options.LoraDecoder"/> is set.
/// Random weights need a higher <see cref="BertTrainingOptions.LearningRate"/> than pretrained ones, such as 1e-3 for 256 hidden values,
/// and more updates than the default of <see cref="BertTrainingOptions.MaxEpochs"/>.
/// </para>
/// <para>
/// The loss is the cross-entropy of each token of a target, given the source and the tokens before it. The fitted transformer writes texts
/// like <c>ApplyBertSequenceToSequence</c>.
/// </para>
/// </remarks>
public sealed class SequenceToSequenceTrainer : IEstimator<BertSequenceToSequenceTransformer>
{
    /// <summary>The options of <see cref="SequenceToSequenceTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>Creates the defaults. Batches of the fitted transformer have up to 1,024 tokens.</summary>
        public Options() => Batching = new BertSequenceToSequenceEstimator.Options().Batching;

        /// <summary>The name of the column of targets. Default "Target".</summary>
        public string LabelColumnName { get; init; } = "Target";

        /// <summary>The name of the column of sources. Default "Source".</summary>
        public string SourceColumnName { get; init; } = "Source";

        /// <summary>The name of the column of texts that the fitted transformer adds. Default "PredictedText".</summary>
        public string OutputColumnName { get; init; } = "PredictedText";

        /// <summary>
        /// The maximum length of a target in tokens of the decoder, start and end token included. Default null: the positions of the
        /// decoder.
        /// </summary>
        public int? MaxTargetLength { get; init; }

        /// <summary>
        /// The part of the correct token's probability that is spread over the vocabulary in the training loss. Default 0.1, as in Vaswani
        /// et al., 2017, arXiv:1706.03762. The loss on validation rows has none.
        /// </summary>
        public double LabelSmoothingFactor { get; init; } = 0.1;

        /// <summary>
        /// How epochs are compared on validation rows: by the loss, or by the texts that are generated for them, which takes longer.
        /// Default <see cref="BertTextMetric.Loss"/>.
        /// </summary>
        public BertTextMetric ValidationMetric { get; init; }

        /// <summary>
        /// Whether adapters (<see cref="BertTrainingOptions.LoraRank"/>) are trained instead of the decoder's weights, too: in its layers'
        /// attention to themselves and to the encoder, as with HuggingFace's peft. For a checkpoint whose decoder has learned to write;
        /// a new decoder needs all of its weights trained. Default false.
        /// </summary>
        public bool LoraDecoder { get; init; }

        internal override bool AdaptsDecoder => LoraDecoder;

        /// <summary>Whether the weights of the encoder are not trained. Default false.</summary>
        public bool FreezeEncoder { get; init; }

        /// <summary>
        /// How the fitted transformer generates texts, which is saved with its checkpoint. Default null: as the checkpoint's
        /// <see cref="BertDecoder.Generation"/>.
        /// </summary>
        public BertGenerationOptions? Generation { get; init; }

        internal override void Check(BertModel model)
        {
            base.Check(model);
            BertDecoder decoder = model.RequireDecoder();
            Require(MaxTargetLength is null || MaxTargetLength >= 2 && MaxTargetLength <= decoder.Config.MaxTokens, nameof(MaxTargetLength),
                MaxTargetLength, $"from 2 to the {decoder.Config.MaxTokens} positions of the decoder");
            Require(LabelSmoothingFactor is >= 0 and < 1, nameof(LabelSmoothingFactor), LabelSmoothingFactor, "at least 0 and less than 1");
            Require(Enum.IsDefined(ValidationMetric), nameof(ValidationMetric), ValidationMetric, "a metric");
            Require(!LoraDecoder || LoraRank > 0, nameof(LoraDecoder), LoraDecoder, $"false unless {nameof(LoraRank)} is above 0");
            Generation?.Validated(decoder.Config);
        }
    }

    private readonly IEstimator<BertSequenceToSequenceTransformer> _trainer;

    internal SequenceToSequenceTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        if (options.FreezeEncoder)
            options = options with { FreezeEmbeddings = true, FrozenLayers = options.Checkpoint.Config.NumHiddenLayers };
        IHost host = env.Register(nameof(SequenceToSequenceTrainer));
        _trainer = FineTuningTrainer.Create(host, options, new SequencePairTraining(host, options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertSequenceToSequenceTransformer Fit(IDataView input) => _trainer.Fit(input);
}
