using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The files of sentence-transformers' module <c>WeightedLayerPooling</c>: <c>layer_start</c>, the first of the hidden states 0 (the
/// embeddings) to <c>num_hidden_layers</c> that count, and <c>layer_weights</c> in safetensors, their weights. Only equal weights are
/// supported.
/// </summary>
internal static class WeightedLayerPooling
{
    private const string LayerWeights = "layer_weights";

    /// <param name="module">The files of the module.</param>
    /// <returns>The number of layers of its model, and the number of last hidden states that it averages.</returns>
    /// <exception cref="NotSupportedException">The layers have different weights.</exception>
    public static (int Layers, int NumberOfLastLayers) Read(ModuleFiles module)
    {
        JsonFields fields = module.Config();
        int layers = fields.Whole("num_hidden_layers", 0) ?? 12;
        int start = fields.Whole("layer_start", 0) ?? 4;
        if (start > layers)
            throw new InvalidDataException(
                $"'layer_start' in '{module.ConfigFile}' is {start}, past the num_hidden_layers of {layers}. Correct the file.");
        int count = layers + 1 - start;
        BertTensor weights = module.Tensor(module.Tensors(), LayerWeights, count);
        float[] values = new float[count];
        weights.CopyTo(values);
        if (values.Any(value => value != values[0]) || values[0] is not > 0)
            throw new NotSupportedException(
                $"'{LayerWeights}' of '{module.ConfigFile}' has different weights for layers, which is not supported: only equal weights " +
                "are. Use another checkpoint.");
        return (layers, count);
    }

    public static string FormatConfig(BertConfig config, int numberOfLastLayers) => JsonFile.Format(new Dictionary<string, object>
    {
        ["word_embedding_dimension"] = config.HiddenSize,
        ["layer_start"] = config.NumHiddenLayers + 1 - numberOfLastLayers,
        ["num_hidden_layers"] = config.NumHiddenLayers,
    });

    public static IReadOnlyList<BertTensor> Weights(int numberOfLastLayers)
    {
        float[] ones = new float[numberOfLastLayers];
        Array.Fill(ones, 1);
        return [BertTensor.Create(LayerWeights, [numberOfLastLayers], ones)];
    }
}
