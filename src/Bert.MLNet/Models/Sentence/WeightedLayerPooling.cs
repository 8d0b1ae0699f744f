using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The files of sentence-transformers' module <c>WeightedLayerPooling</c>: <c>layer_start</c>, the first of the hidden states 0 (the
/// embeddings) to <c>num_hidden_layers</c> that count, and <c>layer_weights</c> in safetensors, their weights. Only equal weights are
/// supported.
/// </summary>
internal static class WeightedLayerPooling
{
    public const string ConfigName = "config.json";
    public const string WeightsName = "model.safetensors";
    private const string LayerWeights = "layer_weights";

    /// <param name="files">The checkpoint's files.</param>
    /// <param name="folder">The folder of the module.</param>
    /// <param name="askedBy">The file that refers to it.</param>
    /// <returns>The number of layers of its model, and the number of last hidden states that it averages.</returns>
    /// <exception cref="NotSupportedException">The layers have different weights.</exception>
    public static (int Layers, int NumberOfLastLayers) Read(FileSource files, string folder, string askedBy)
    {
        string path = $"{folder}/{ConfigName}", file = files.Describe(path);
        JsonFields fields = JsonFields.Parse(
            files.ReadText(path) ?? throw new FileNotFoundException(
                $"'{files.Describe(askedBy)}' refers to '{path}', which is not in the folder. Copy or download the whole checkpoint.",
                file), file);
        int layers = fields.Whole("num_hidden_layers", 0) ?? 12;
        int start = fields.Whole("layer_start", 0) ?? 4;
        if (start > layers)
            throw new InvalidDataException(
                $"'layer_start' in '{file}' is {start}, past the num_hidden_layers of {layers}. Correct the file.");
        int count = layers + 1 - start;

        string weightsPath = $"{folder}/{WeightsName}", weightsFile = files.Describe(weightsPath);
        if (!files.Contains(weightsPath))
            throw new FileNotFoundException(
                $"'{files.Describe(askedBy)}' refers to '{weightsPath}', which is not in the folder. A pytorch_model.bin is not read, " +
                "because opening a pickle runs the code in it. Save the model with a current version of sentence-transformers, or copy " +
                "the whole checkpoint.", weightsFile);
        using Stream stream = files.Open(weightsPath);
        BertTensor weights = Safetensors.Read(stream, files.Length(weightsPath), weightsFile)
            .Tensors.FirstOrDefault(tensor => tensor.Name == LayerWeights)
            ?? throw new InvalidDataException($"'{weightsFile}' has no tensor '{LayerWeights}'. Copy or download the whole checkpoint.");
        if (weights.Shape is not [int length] || length != count || !weights.Type.IsWeight())
        {
            throw new InvalidDataException(
                $"'{LayerWeights}' in '{weightsFile}' is {weights.Type} of the shape {ShapeText.Of(weights.Shape)}, but '{file}' " +
                $"requires floats of [{count}]. Copy or download the whole checkpoint.");
        }
        float[] values = new float[count];
        weights.CopyTo(values);
        if (values.Any(value => value != values[0]) || values[0] is not > 0)
            throw new NotSupportedException(
                $"'{LayerWeights}' in '{weightsFile}' has different weights for layers, which is not supported: only equal weights are. " +
                "Use another checkpoint.");
        return (layers, count);
    }

    public static string FormatConfig(BertConfig config, int numberOfLastLayers) => JsonFile.Format(new Dictionary<string, object>
    {
        ["word_embedding_dimension"] = config.HiddenSize,
        ["layer_start"] = config.NumHiddenLayers + 1 - numberOfLastLayers,
        ["num_hidden_layers"] = config.NumHiddenLayers,
    });

    public static void WriteWeights(Stream stream, int numberOfLastLayers)
    {
        float[] ones = new float[numberOfLastLayers];
        Array.Fill(ones, 1);
        new Safetensors([BertTensor.Create(LayerWeights, [numberOfLastLayers], ones)], Safetensors.DefaultMetadata).Write(stream);
    }
}
