using System.Globalization;
using Bert.MLNet.Models;

namespace Bert.MLNet.Training;

/// <summary>
/// The factors of the parameters' learning rates. They decrease from the head down to the embeddings, and are 0 for frozen parameters,
/// such as those of an encoder or a decoder with adapters.
/// </summary>
internal sealed class ParameterRates(
    BertConfig config, bool freezeEmbeddings, int frozenLayers, double layerwiseDecay, bool onlyAdapters = false,
    bool onlyAdaptersInDecoder = false)
{
    private const string Embeddings = "embeddings.", Encoder = "encoder.", Layer = "encoder.layer.";

    /// <param name="name">The parameter's canonical name.</param>
    public double Of(string name)
    {
        int depth = DepthOf(name);
        bool frozen = (depth == 0 ? freezeEmbeddings : depth <= Math.Min(frozenLayers, config.StoredLayers))
            || !LowRankAdaptation.IsAdapter(name) && (onlyAdapters && depth <= config.StoredLayers
                || onlyAdaptersInDecoder && name.StartsWith(DecoderWeights.Prefix, StringComparison.Ordinal));
        return frozen ? 0 : Math.Pow(layerwiseDecay, config.StoredLayers + 1 - depth);
    }

    // 0 for embeddings and parameters that all layers share, then the layers, then the head.
    private int DepthOf(string name)
    {
        if (name.StartsWith(Embeddings, StringComparison.Ordinal))
            return 0;
        if (config.Shape.FinalNorm is { } final && name.StartsWith(final, StringComparison.Ordinal))
            return config.NumHiddenLayers; // as what it stands on
        if (!name.StartsWith(Layer, StringComparison.Ordinal))
            return name.StartsWith(Encoder, StringComparison.Ordinal) ? 0 : config.StoredLayers + 1;
        ReadOnlySpan<char> number = name.AsSpan(Layer.Length);
        return int.Parse(number[..number.IndexOf('.')], NumberStyles.None, CultureInfo.InvariantCulture) + 1;
    }
}
