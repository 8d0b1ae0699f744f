using System.Text.Json;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

public sealed partial class BertCrossEncoderEstimator
{
    /// <summary>The options of <see cref="BertCrossEncoderEstimator"/>. Immutable.</summary>
    public sealed record Options : BertTaskOptions
    {
        /// <summary>The name of the added score column. Default "Score".</summary>
        public string OutputColumnName { get; init; } = "Score";

        /// <summary>The name of the column of first texts; the queries, if passages are ranked. Default "Sentence1".</summary>
        public string InputColumnName { get; init; } = "Sentence1";

        /// <summary>The name of the column of second texts. Default "Sentence2".</summary>
        public string PairColumnName { get; init; } = "Sentence2";

        /// <summary>
        /// The function that is applied to the logit. Default null: the checkpoint's setting if it has one, otherwise
        /// <see cref="BertScoreActivation.Sigmoid"/>.
        /// </summary>
        public BertScoreActivation? Activation { get; init; }

        /// <summary>Returns these options with every null resolved against the checkpoint, after checking them.</summary>
        /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
        /// <exception cref="NotSupportedException">
        /// The checkpoint has several labels, or names an activation that is not supported.
        /// </exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                Activation = Activation ?? ActivationOf(Checkpoint),
                MaxLength = MaxLength ?? Checkpoint.MaxSequenceLength,
            }).Checked(Checkpoint);
        }

        /// <summary>
        /// Selects the activation as sentence-transformers' <c>CrossEncoder</c> does. It is the function in the checkpoint's files, under
        /// any of its former names, or a sigmoid.
        /// </summary>
        private static BertScoreActivation ActivationOf(BertModel model)
        {
            string? name = null;
            if (model.Sentence.Source is { } sentence)
                name = JsonFields.Parse(sentence, "config_sentence_transformers.json").Text("activation_fn");
            if (model.Config.Source is { } source)
            {
                JsonFields config = JsonFields.Parse(source, "config.json");
                if (config.Find("sentence_transformers") is { ValueKind: JsonValueKind.Object } fields)
                    name ??= JsonFields.Of(fields, "config.json").Text("activation_fn");
                name ??= config.Text("sbert_ce_default_activation_function");
            }
            return name?[(name.LastIndexOf('.') + 1)..] switch
            {
                null or "Sigmoid" => BertScoreActivation.Sigmoid,
                "Identity" => BertScoreActivation.Identity,
                _ => throw new NotSupportedException(
                    $"'{model.Name}' names the activation '{name}', which is not supported. " +
                    $"Set {nameof(Activation)}, or use another checkpoint."),
            };
        }

        private Options Checked(BertModel model)
        {
            if (model.Config.NumLabels != 1)
                throw new NotSupportedException(
                    $"'{model.Name}' has {model.Config.NumLabels} labels, but a cross-encoder has one. " +
                    "Use ApplyBertClassifier with a pair column.");
            if (!Enum.IsDefined(Activation!.Value))
                throw new ArgumentException(
                    $"{nameof(Activation)} is {Activation}; choose one of {string.Join(", ", Enum.GetNames<BertScoreActivation>())}.");
            model.CheckMaxLength(MaxLength!.Value, hasPair: true);
            return this;
        }
    }
}
