using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Tasks;

namespace Bert.MLNet;

public sealed partial class BertExplanationEstimator
{
    /// <summary>The options of <see cref="BertExplanationEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        private const int MostSteps = 1000;

        /// <summary>The name of the added column of words, a vector of text. Default "Words".</summary>
        public string OutputColumnName { get; init; } = "Words";

        /// <summary>The name of the text column. Default "Text".</summary>
        public string InputColumnName { get; init; } = "Text";

        /// <summary>The name of the column of second texts. Default null: rows have one text.</summary>
        public string? PairColumnName { get; init; }

        /// <summary>
        /// The score to explain. Default null: <see cref="BertExplanationTarget.Label"/>, unless rows have two texts and the checkpoint has
        /// no classification head.
        /// </summary>
        public BertExplanationTarget? Target { get; init; }

        /// <summary>
        /// The name of the label to explain, as in the checkpoint's <c>id2label</c>. Default null: the label with the highest logit, which
        /// is the predicted one if a row has one label.
        /// </summary>
        public string? Label { get; init; }

        /// <summary>The method by which words are weighed. Default <see cref="BertExplanationMethod.Occlusion"/>.</summary>
        public BertExplanationMethod Method { get; init; }

        /// <summary>
        /// The number of points between the text and the baseline at which gradients are computed, from 1 to 1,000. Default 50. Used only
        /// by <see cref="BertExplanationMethod.IntegratedGradients"/>.
        /// </summary>
        public int NumberOfSteps { get; init; } = 50;

        /// <summary>The name of the added column of the words' weights, a vector of <see cref="float"/>. Default "WordWeights".</summary>
        public string WeightsColumnName { get; init; } = "WordWeights";

        /// <summary>The name of the added column of the words' starts, a vector of <see cref="int"/>. Default "WordStarts".</summary>
        public string StartsColumnName { get; init; } = "WordStarts";

        /// <summary>The name of the added column of the words' ends, a vector of <see cref="int"/>. Default "WordEnds".</summary>
        public string EndsColumnName { get; init; } = "WordEnds";

        /// <summary>
        /// The name of the added column with the text of each word, a vector of <see cref="int"/>: 0 for the first text, 1 for the second.
        /// Default "WordSequenceIds". Added only if rows have two texts.
        /// </summary>
        public string SequenceIdsColumnName { get; init; } = "WordSequenceIds";

        /// <summary>
        /// The name of the added column of explained labels, as text. Default "ExplainedLabel". Omitted for
        /// <see cref="BertExplanationTarget.Similarity"/>.
        /// </summary>
        public string LabelColumnName { get; init; } = "ExplainedLabel";

        /// <summary>The name of the added column of explained scores, a <see cref="float"/>. Default "ExplainedScore".</summary>
        public string ScoreColumnName { get; init; } = "ExplainedScore";

        /// <summary>The index of the label to explain, or null for the label with the highest logit.</summary>
        internal int? LabelIndex => Label is null ? null : Checkpoint.Config.LabelNames.ToList().IndexOf(Label);

        /// <summary>
        /// The token that takes the place of a word's tokens: the mask or, where there is none, the unknown or padding token.
        /// </summary>
        internal int HiddenTokenId => Checkpoint.Tokenizer switch
        {
            { MaskTokenId: >= 0 and var mask } => mask,
            { UnknownTokenId: >= 0 and var unknown } => unknown,
            var tokenizer => tokenizer.PadTokenId,
        };

        /// <summary>Whether each text becomes a vector by itself: one of two to compare, or the logits of labels.</summary>
        internal bool ReadsVectors => Target == BertExplanationTarget.Similarity || VectorClassifier.Is(Checkpoint);

        /// <summary>How a text becomes a vector.</summary>
        internal BertEmbeddingOptions Embedding => new BertEmbeddingOptions { Model = Checkpoint, MaxLength = MaxLength }.Resolve();

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">
        /// The checkpoint is a table of static embeddings, has no classification head, or does not support the method.
        /// </exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            Checkpoint.RequireNetwork();
            bool canClassify = Target != BertExplanationTarget.Similarity
                && (VectorClassifier.Is(Checkpoint) || EncoderSession.CanCompute(Checkpoint, EncoderOutput.SequenceLogits));
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                Target = Target
                    ?? (canClassify || PairColumnName is null ? BertExplanationTarget.Label : BertExplanationTarget.Similarity),
                MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
            }).Checked(Checkpoint);
        }

        private Options Checked(BertModel model)
        {
            if (!Enum.IsDefined(Target!.Value))
                throw new ArgumentException(
                    $"{nameof(Target)} is {Target}; choose one of {string.Join(", ", Enum.GetNames<BertExplanationTarget>())}.");
            bool isSimilarity = Target == BertExplanationTarget.Similarity;
            if (isSimilarity && PairColumnName is null)
                throw new ArgumentException($"{nameof(PairColumnName)} is null. Name the column of texts to compare with.");
            if (isSimilarity && Label is not null)
                throw new ArgumentException(
                    $"{nameof(Label)} is '{Label}', but a {BertExplanationTarget.Similarity} has no labels. Leave it null.");
            if (!ReadsVectors)
                EncoderOutput.SequenceLogits.Check(model);
            else if (!isSimilarity && PairColumnName is not null)
                throw new ArgumentException(
                    $"{nameof(PairColumnName)} is '{PairColumnName}', but '{model.Name}' classifies the vector of one text. " +
                    "Leave it null.");
            if (LabelIndex < 0)
                throw new ArgumentException(
                    $"{nameof(Label)} is '{Label}', but the labels of '{model.Name}' are " +
                    $"{string.Join(", ", model.Config.LabelNames.Take(20))}. Name one of them.");
            model.CheckMaxLength(MaxLength!.Value, hasPair: !ReadsVectors && PairColumnName is not null);
            if (!Enum.IsDefined(Method))
                throw new ArgumentException(
                    $"{nameof(Method)} is {Method}; choose one of {string.Join(", ", Enum.GetNames<BertExplanationMethod>())}.");
            if (NumberOfSteps is < 1 or > MostSteps)
                throw new ArgumentException($"{nameof(NumberOfSteps)} is {NumberOfSteps}; it must be from 1 to {MostSteps}.");
            if (Method == BertExplanationMethod.IntegratedGradients)
                CheckGradients(model);
            return this;
        }

        private void CheckGradients(BertModel model)
        {
            const string Instead = $"or set {nameof(Method)} to {nameof(BertExplanationMethod.Occlusion)}.";
            if (model.IsQuantized)
                throw new NotSupportedException(
                    $"'{model.Name}' is int8, but {Method} needs float weights. Explain the checkpoint it was created from, {Instead}");
            if (ReadsVectors && model.Sentence is { IncludePrompt: false, DefaultPrompt: not null })
                throw new NotSupportedException(
                    $"'{model.Name}' excludes its prompt from pooling, which {Method} does not support. " +
                    $"Use model.WithSentence(model.Sentence with {{ IncludePrompt = true }}), {Instead}");
        }
    }
}
