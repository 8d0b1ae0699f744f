using Bert.MLNet.DataViews;
using Bert.MLNet.Pooling;

namespace Bert.MLNet;

public sealed partial class BertPoolingEstimator
{
    /// <summary>The options of <see cref="BertPoolingEstimator"/>. Immutable.</summary>
    public sealed record Options
    {
        /// <summary>The column of vectors that is added. Default "Features".</summary>
        public string OutputColumnName { get; init; } = "Features";

        /// <summary>The column of the last layer's hidden states, [length, hidden size]. Default "LastHiddenState". Not read for <see cref="BertPooling.LastLayersMean"/> alone.</summary>
        public string InputColumnName { get; init; } = "LastHiddenState";

        /// <summary>The column that says which tokens count: 1, or 0 for padding. Default "AttentionMask". Null: all tokens.</summary>
        public string? AttentionMaskColumnName { get; init; } = "AttentionMask";

        /// <summary>The column of hidden states of several layers, [layers, length, hidden size], for <see cref="BertPooling.LastLayersMean"/>. Default "HiddenStates". Not read for other poolings.</summary>
        public string HiddenStatesColumnName { get; init; } = "HiddenStates";

        /// <summary>How many layers <see cref="BertPooling.LastLayersMean"/> averages: the last ones of <see cref="HiddenStatesColumnName"/>. Default 4.</summary>
        public int NumberOfLastLayers { get; init; } = 4;

        /// <summary>How hidden states become one vector. Default <see cref="BertPooling.Mean"/>. Several values are concatenated.</summary>
        public BertPooling Pooling { get; init; } = BertPooling.Mean;

        /// <summary>
        /// How much each token counts in a mean, by token id, from 0; see <see cref="BertSentenceOptions.TokenWeights"/> and
        /// <see cref="SmoothInverseFrequency"/>. Default null: all the same.
        /// </summary>
        public IReadOnlyList<float>? TokenWeights { get; init; }

        /// <summary>The column of token ids, read for <see cref="TokenWeights"/> only. Default "InputIds".</summary>
        public string InputIdsColumnName { get; init; } = "InputIds";

        /// <summary>Whether the vector is scaled to length 1. Default false.</summary>
        public bool Normalize { get; init; }

        /// <summary>Whether last hidden states are read.</summary>
        internal bool PoolsLastHiddenState => Pooling != BertPooling.LastLayersMean;

        /// <summary>Whether the hidden states of several layers are read.</summary>
        internal bool PoolsLayers => Pooling.HasFlag(BertPooling.LastLayersMean);

        /// <summary>These options with collections of their own, checked.</summary>
        /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
        internal Options Resolve()
        {
            RequiredOptions.Check(this);
            return (this with { TokenWeights = TokenWeights is null ? null : [.. TokenWeights] }).Checked();
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
                throw new ArgumentException($"{nameof(TokenWeights)} has a value that is not a number of at least 0. Give each token of the vocabulary one.");
            return this;
        }

        private static void NotEmpty(string? name, string option)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException($"{option} is empty; give it the name of a column.");
        }
    }
}
