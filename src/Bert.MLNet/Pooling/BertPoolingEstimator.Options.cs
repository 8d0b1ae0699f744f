using Bert.MLNet.DataViews;
using Bert.MLNet.Models;
using Bert.MLNet.Pooling;

namespace Bert.MLNet;

public sealed partial class BertPoolingEstimator
{
    /// <summary>The options of <see cref="BertPoolingEstimator"/>. Immutable.</summary>
    public sealed record Options
    {
        /// <summary>The name of the added vector column. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>
        /// The name of the column with the last layer's hidden states, [length, hidden size]. Default "LastHiddenState". Not used by
        /// <see cref="BertPooling.LastLayersMean"/>.
        /// </summary>
        public string InputColumnName { get; init; } = "LastHiddenState";

        /// <summary>
        /// The name of the column that contains 1 for a token and 0 for padding. Default "AttentionMask". Null: all tokens count.
        /// </summary>
        public string? AttentionMaskColumnName { get; init; } = "AttentionMask";

        /// <summary>
        /// The name of the column with the hidden states of several layers, [layers, length, hidden size]. Default "HiddenStates". Used
        /// only by <see cref="BertPooling.LastLayersMean"/>.
        /// </summary>
        public string HiddenStatesColumnName { get; init; } = "HiddenStates";

        /// <summary>
        /// The number of layers, counted from the last, that <see cref="BertPooling.LastLayersMean"/> averages. Default 4.
        /// </summary>
        public int NumberOfLastLayers { get; init; } = 4;

        /// <summary>
        /// How hidden states become one vector. Default <see cref="BertPooling.Mean"/>. The vectors of combined values are
        /// concatenated.
        /// </summary>
        public BertPooling Pooling { get; init; } = BertPooling.Mean;

        /// <summary>
        /// The weight of each token in a mean, by token id, at least 0; see <see cref="BertSentenceOptions.TokenWeights"/> and
        /// <see cref="SmoothInverseFrequency"/>. Default null: all tokens weigh the same.
        /// </summary>
        public IReadOnlyList<float>? TokenWeights { get; init => field = ContentList<float>.OfOrNull(value); }

        /// <summary>The name of the column of token ids. Default "InputIds". Used only with <see cref="TokenWeights"/>.</summary>
        public string InputIdsColumnName { get; init; } = "InputIds";

        /// <summary>Whether the vector is scaled to length 1. Default false.</summary>
        public bool Normalize { get; init; }

        /// <summary>Whether last hidden states are read.</summary>
        internal bool PoolsLastHiddenState => Pooling != BertPooling.LastLayersMean;

        /// <summary>Whether the hidden states of several layers are read.</summary>
        internal bool PoolsLayers => Pooling.HasFlag(BertPooling.LastLayersMean);

        /// <summary>Returns a checked copy of these options with its own collections.</summary>
        /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            return Checked();
        }

        private Options Checked()
        {
            if (Pooling == BertPooling.None || (Pooling & ~HiddenStatePooler.All) != 0)
                throw new ArgumentException($"{nameof(Pooling)} is {Pooling}; choose one or several of {HiddenStatePooler.All}.");
            if (NumberOfLastLayers < 1)
                throw new ArgumentException($"{nameof(NumberOfLastLayers)} is {NumberOfLastLayers}; it must be at least 1.");
            NotEmpty(OutputColumnName, nameof(OutputColumnName));
            if (Pooling != BertPooling.LastLayersMean)
                NotEmpty(InputColumnName, nameof(InputColumnName));
            if (Pooling.HasFlag(BertPooling.LastLayersMean))
                NotEmpty(HiddenStatesColumnName, nameof(HiddenStatesColumnName));
            if (TokenWeights is not null)
                NotEmpty(InputIdsColumnName, nameof(InputIdsColumnName));
            if (TokenWeights?.Any(weight => !(weight >= 0 && float.IsFinite(weight))) == true)
                throw new ArgumentException(
                    $"{nameof(TokenWeights)} has a value that is not a number of at least 0. Give each token of the vocabulary a weight.");
            return this;
        }

        private static void NotEmpty(string? name, string option)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException($"{option} is empty; give it the name of a column.");
        }
    }
}
