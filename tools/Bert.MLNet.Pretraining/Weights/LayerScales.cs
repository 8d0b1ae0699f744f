using System.Numerics.Tensors;
using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Scales the hidden states of some layers, so that they count more in a mean of layers, and changes nothing else: a layer normalizes the
/// sum of its input and its attention's output, so both can be scaled if its queries, keys and values are scaled back.
/// </summary>
internal static class LayerScales
{
    private const string Norm = "LayerNorm";

    /// <param name="module">The module. Its predictions of masked words remain the same, except for LayerNorm's epsilon.</param>
    /// <param name="scales">The factor for each hidden state: the embeddings' output, then every layer's. Above 0.</param>
    /// <exception cref="ArgumentException">The number of scales is wrong.</exception>
    public static void Apply(BertForMaskedLM module, IReadOnlyList<double> scales)
    {
        int layers = module.Config.NumHiddenLayers;
        if (scales.Count != layers + 1 || scales.Any(scale => !(scale > 0 && double.IsFinite(scale))))
            throw new ArgumentException(
                $"{layers + 1} scales above 0 are needed: for the embeddings' output and {layers} layers.", nameof(scales));
        Multiply($"bert.embeddings.{Norm}.", scales[0]);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"bert.encoder.layer.{layer}.";
            foreach (string projection in new[] { "query", "key", "value" })
                Multiply($"{prefix}attention.self.{projection}.weight", 1 / scales[layer]);
            Multiply($"{prefix}attention.output.dense.", scales[layer]);
            Multiply($"{prefix}output.{Norm}.", scales[layer + 1]);
        }
        Multiply("cls.predictions.transform.dense.weight", 1 / scales[layers]);

        void Multiply(string prefix, double factor)
        {
            foreach ((_, var parameter) in module.State().Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)))
                TensorPrimitives.Multiply(parameter.Values(), (float)factor, parameter.Values());
        }
    }
}
