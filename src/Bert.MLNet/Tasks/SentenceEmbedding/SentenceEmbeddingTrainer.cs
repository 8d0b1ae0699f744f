using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>
/// Fine-tunes a checkpoint so that the vectors of related texts are close to each other (contrastive learning).
/// </summary>
/// <remarks>
/// Input: one to three text columns and possibly a label, depending on <see cref="Options.Loss"/>. Output of the fitted
/// <see cref="BertEmbeddingTransformer"/>: <c>Features</c>, the vector of the first text. Its <see cref="BertTransformer.Model"/> can be
/// used in any other step, such as search or similarity. The checkpoint determines how a text becomes a vector
/// (<see cref="BertModel.Sentence"/>); the default is the mean of its last hidden states.
/// <para>
/// The checkpoint can be a table of static embeddings, such as one from <see cref="BertStaticModel.ToStatic"/>. The result is then a
/// table in single precision; <see cref="BertStaticModel.WithStaticPrecision"/> makes it smaller.
/// </para>
/// </remarks>
public sealed class SentenceEmbeddingTrainer : IEstimator<BertEmbeddingTransformer>
{
    /// <summary>The options of <see cref="SentenceEmbeddingTrainer"/>. Immutable.</summary>
    public sealed record Options : BertTrainingOptions
    {
        /// <summary>The loss. Default: <see cref="MultipleNegativesRankingLoss"/>, which needs no labels.</summary>
        public SentenceLoss Loss { get; init; } = new MultipleNegativesRankingLoss();

        /// <summary>The name of the column of first texts. Default "Sentence1".</summary>
        public string Sentence1ColumnName { get; init; } = "Sentence1";

        /// <summary>The name of the column of second texts. Default "Sentence2". Not read if the loss needs one text.</summary>
        public string Sentence2ColumnName { get; init; } = "Sentence2";

        /// <summary>
        /// The name of the column of third texts, which are unrelated to the first. Default null: "Sentence3" if the loss needs three
        /// texts, otherwise none.
        /// </summary>
        public string? Sentence3ColumnName { get; init; }

        /// <summary>
        /// The name of the label column: numbers of type <see cref="float"/> for similarities, keys for classes. Default "Label". Not read
        /// if the loss needs no label.
        /// </summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>
        /// The similarity of unrelated texts, which corresponds to a cosine of 0. Default null: the smallest training label.
        /// </summary>
        public float? MinimumLabel { get; init; }

        /// <summary>
        /// The similarity of equivalent texts, which corresponds to a cosine of 1. Default null: the largest training label.
        /// </summary>
        public float? MaximumLabel { get; init; }

        /// <summary>The name of the vector column that the fitted transformer adds. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>The text columns that the loss needs, and the options that name them.</summary>
        internal (string Name, string Option)[] Texts
        {
            get
            {
                string? third = Sentence3ColumnName ?? (Loss.MinTexts == 3 ? "Sentence3" : null);
                (string, string)[] all =
                [
                    (Sentence1ColumnName, nameof(Sentence1ColumnName)),
                    (Sentence2ColumnName, nameof(Sentence2ColumnName)),
                    .. third is null ? [] : new[] { (third, nameof(Sentence3ColumnName)) },
                ];
                return all[..Math.Min(all.Length, Loss.MaxTexts)];
            }
        }

        private protected override BertModel TrainableFrom(BertModel model) =>
            model.Table is null ? base.TrainableFrom(model) : model;

        internal override void Check(BertModel model)
        {
            base.Check(model);
            VectorTraining.Check(model);
            if (model.Table is not null)
                CheckTable(model);
            ArgumentNullException.ThrowIfNull(Loss);
            Loss.Check(new BertEmbeddingOptions { Model = VectorTraining.WithSentence(this, model) }.Resolve().Dimension);
            Require(Sentence3ColumnName is null || Loss.MaxTexts == 3, nameof(Sentence3ColumnName), Sentence3ColumnName,
                $"null for a loss of {Loss.MaxTexts} texts");
            bool isSimilarity = Loss.Label == SentenceLabel.Similarity;
            Require(isSimilarity || (MinimumLabel ?? MaximumLabel) is null, nameof(MinimumLabel), MinimumLabel,
                $"null, and {nameof(MaximumLabel)} too, for a loss without similarities");
            Require(!(MinimumLabel >= MaximumLabel), nameof(MinimumLabel), MinimumLabel, $"less than {nameof(MaximumLabel)}");
        }

        // Options that would have no effect, or leave nothing to train.
        private void CheckTable(BertModel model)
        {
            string why = $"for '{model.Name}', a table of static embeddings without layers";
            Require(Dropout is null or 0, nameof(Dropout), Dropout, $"null or 0 {why}");
            Require(!FreezeEmbeddings, nameof(FreezeEmbeddings), FreezeEmbeddings, $"false {why}");
            Require(LayerwiseLearningRateDecay == 1, nameof(LayerwiseLearningRateDecay), LayerwiseLearningRateDecay, $"1 {why}");
            Require(LoraRank == 0, nameof(LoraRank), LoraRank, $"0 {why}");
            Require(Precision == BertPrecision.Full, nameof(Precision), Precision, $"{BertPrecision.Full} {why}");
        }
    }

    private readonly IEstimator<BertEmbeddingTransformer> _trainer;

    internal SentenceEmbeddingTrainer(IHostEnvironment env, Options options)
    {
        options = BertTrainingOptions.Resolve(options);
        options.Checkpoint.CheckMaxLength(options.MaxLength!.Value);
        IHost host = env.Register(nameof(SentenceEmbeddingTrainer));
        foreach ((string name, string option) in options.Texts)
            host.CheckNonEmpty(name, option);
        host.CheckNonEmpty(options.LabelColumnName, nameof(options.LabelColumnName));
        host.CheckNonEmpty(options.OutputColumnName, nameof(options.OutputColumnName));
        _trainer = FineTuningTrainer.Create(host, options, new SentenceTraining(options));
    }

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.GetOutputSchema"/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

    /// <inheritdoc cref="FineTuningTrainer{TTarget, TModule, TTransformer}.Fit"/>
    public BertEmbeddingTransformer Fit(IDataView input) => _trainer.Fit(input);
}
