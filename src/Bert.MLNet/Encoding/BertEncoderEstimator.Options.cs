using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet;

public sealed partial class BertEncoderEstimator
{
    /// <summary>The options of <see cref="BertEncoderEstimator"/>. Immutable.</summary>
    public sealed record Options : BertStepOptions
    {
        /// <summary>The column of token ids. Default "InputIds".</summary>
        public string InputIdsColumnName { get; init; } = "InputIds";

        /// <summary>
        /// The column of the attention mask: 1 for tokens, 0 for padding. Default "AttentionMask". Null: all tokens are attended to.
        /// </summary>
        public string? AttentionMaskColumnName { get; init; } = "AttentionMask";

        /// <summary>
        /// The column of token types: 0 for the first text, 1 for the second. Default "TokenTypeIds". Null: all tokens belong to the first
        /// text. Ignored for a checkpoint without token types, such as DistilBERT.
        /// </summary>
        public string? TokenTypeIdsColumnName { get; init; } = "TokenTypeIds";

        /// <summary>The output column for the last layer's hidden states. Default "LastHiddenState". Null: none.</summary>
        public string? LastHiddenStateColumnName { get; init; } = "LastHiddenState";

        /// <summary>
        /// The output column for the pooler's output. Default null: "PoolerOutput" if the checkpoint has a pooler, otherwise none. Empty:
        /// none.
        /// </summary>
        public string? PoolerOutputColumnName { get; init; }

        /// <summary>The output column for the hidden states of <see cref="HiddenStatesLayers"/>. Default "HiddenStates".</summary>
        public string HiddenStatesColumnName { get; init; } = "HiddenStates";

        /// <summary>The layers whose hidden states to return: 0 for the embeddings, 1 for the first layer. Default none.</summary>
        public IReadOnlyList<int> HiddenStatesLayers
        {
            get;
            init => field = ContentList<int>.OfOrNull(value);
        } = new ContentList<int>([]);

        /// <summary>The output column for the attention probabilities of <see cref="AttentionsLayers"/>. Default "Attentions".</summary>
        public string AttentionsColumnName { get; init; } = "Attentions";

        /// <summary>The layers whose attention probabilities to return, counted from 0. Default none.</summary>
        public IReadOnlyList<int> AttentionsLayers
        {
            get;
            init => field = ContentList<int>.OfOrNull(value);
        } = new ContentList<int>([]);

        /// <summary>
        /// The output column for the <c>logits</c> of the checkpoint's head: [labels] of a sequence classifier, [tokens, labels] of a token
        /// classifier, [tokens] of ELECTRA's discriminator, where values above 0 mean a replaced token, or [tokens, vocabulary] of a masked
        /// language model. Default null: none.
        /// </summary>
        public string? LogitsColumnName { get; init; }

        /// <summary>Returns the validated options, with every null resolved against the checkpoint.</summary>
        /// <exception cref="ArgumentException">A required option is empty, or two outputs have the same name.</exception>
        /// <exception cref="NotSupportedException">The checkpoint cannot compute a requested output.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            string pooler = PoolerOutputColumnName
                ?? (EncoderSession.CanCompute(Checkpoint, EncoderOutput.PoolerOutput) ? "PoolerOutput" : "");
            return (this with
            {
                Model = Checkpoint,
                Batching = Batching.Validated(),
                TokenTypeIdsColumnName = Checkpoint.Config.TypeVocabSize > 0 ? TokenTypeIdsColumnName : null,
                PoolerOutputColumnName = pooler,
            }).Checked(Checkpoint);
        }

        /// <summary>The output columns of resolved options.</summary>
        internal IReadOnlyList<EncoderOutputColumn> Outputs
        {
            get
            {
                var outputs = new List<EncoderOutputColumn>();
                if (LastHiddenStateColumnName is { Length: > 0 } hidden)
                    outputs.Add(new(hidden, EncoderOutput.LastHiddenState));
                if (PoolerOutputColumnName is { Length: > 0 } pooler)
                    outputs.Add(new(pooler, EncoderOutput.PoolerOutput));
                if (HiddenStatesLayers.Count > 0)
                    outputs.Add(new(HiddenStatesColumnName, [.. HiddenStatesLayers.Select(EncoderOutput.HiddenStates)]));
                if (AttentionsLayers.Count > 0)
                    outputs.Add(new(AttentionsColumnName, [.. AttentionsLayers.Select(EncoderOutput.Attentions)]));
                if (LogitsColumnName is { Length: > 0 } logits)
                    outputs.Add(new(logits, EncoderOutput.Logits(Checkpoint)));
                return outputs;
            }
        }

        private Options Checked(BertModel model)
        {
            NotEmpty(InputIdsColumnName, nameof(InputIdsColumnName));
            if (HiddenStatesLayers.Count > 0)
                NotEmpty(HiddenStatesColumnName, nameof(HiddenStatesColumnName));
            if (AttentionsLayers.Count > 0)
                NotEmpty(AttentionsColumnName, nameof(AttentionsColumnName));
            IReadOnlyList<EncoderOutputColumn> outputs = Outputs;
            if (outputs.Count == 0)
                throw new ArgumentException(
                    $"No output is requested. Name a column in {nameof(LastHiddenStateColumnName)}, or choose " +
                    $"{nameof(HiddenStatesLayers)}.");
            if (outputs.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new ArgumentException($"Two outputs have the column name '{twice.Key}'.");
            foreach (EncoderOutput output in outputs.SelectMany(column => column.Parts))
                output.Check(model);
            return this;
        }

        private static void NotEmpty(string name, string option)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException($"{option} is empty; set it to the name of a column.", option);
        }
    }
}
