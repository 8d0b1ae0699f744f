namespace Bert.MLNet.Tests.Encoders;

// What families have by the fields of their configs.
internal sealed partial class PlainBert
{
    private bool IsNomicBert => _config.ModelType == "nomic_bert";

    /// <summary>What the names of a layer's blocks begin with: of one, but of several where a group of ALBERT has inner layers.</summary>
    private string[] Blocks(int layer)
    {
        // Python's int(i / (layers / groups)).
        int stored = _config.ModelType == "albert"
            ? (int)Math.Floor(layer / ((double)_config.NumHiddenLayers / _config.NumHiddenGroups))
            : layer;
        string first = $"encoder.layer.{stored}.";
        return [first, .. Enumerable.Range(1, _config.InnerGroupNum - 1).Select(inner => $"{first}inner.{inner}.")];
    }

    /// <summary>The embeddings' convolution along the tokens, added to the first layer's output and normalized.</summary>
    private double[][] Convolve(double[][] embeddings, double[][] output)
    {
        int hidden = _config.HiddenSize, size = _config.ConvKernelSize, inGroup = hidden / _config.ConvGroups;
        double[] weight = [.. Matrix("encoder.conv.conv.weight").SelectMany(row => row)], bias = Matrix("encoder.conv.conv.bias")[0];
        return [.. output.Select((row, token) =>
        {
            double[] sum = new double[hidden];
            for (int channel = 0; channel < hidden; channel++)
            {
                double value = bias[channel];
                int first = channel / inGroup * inGroup;
                for (int input = 0; input < inGroup; input++)
                {
                    for (int k = 0; k < size; k++)
                    {
                        int at = token + k - size / 2;
                        if (at >= 0 && at < embeddings.Length)
                            value += weight[(channel * inGroup + input) * size + k] * embeddings[at][first + input];
                    }
                }
                sum[channel] = row[channel] + Activate(_config.ConvAct, value);
            }
            return Norm("encoder.conv.LayerNorm", sum);
        })];
    }

    /// <summary>Keys and queries of distances, [row][hidden]; nothing where they are not used.</summary>
    private (double[][] Keys, double[][] Queries) Distances(string name)
    {
        if (!_config.RelativeAttention)
            return ([], []);
        double[][] distances = Matrix("encoder.rel_embeddings.weight");
        if (_config.NormRelEbd == "layer_norm")
            distances = [.. distances.Select(row => Norm("encoder.LayerNorm", row))];
        string own = _config.ShareAttKey ? "" : "position_";
        return (
            _config.PosAttType.Contains("c2p", StringComparison.Ordinal) ? Linear(name + own + "key", distances) : [],
            _config.PosAttType.Contains("p2c", StringComparison.Ordinal) ? Linear(name + own + "query", distances) : []);
    }
}
