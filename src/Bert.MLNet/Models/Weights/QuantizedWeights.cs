namespace Bert.MLNet.Models;

/// <summary>
/// Which weights of a checkpoint are int8 after quantization, and what they are called: a matrix of int8 values stands under the name of the float one, [rows, columns], and
/// beside it a scale for each row, [rows, 1], as HuggingFace's compressed-tensors keeps them. A weight is value × scale. Matrices of layers are kept by columns in memory.
/// </summary>
internal static class QuantizedWeights
{
    private const string Suffix = "_scale";

    // Products over all tokens, where the time goes, and the two largest tables. Poolers and heads see a token a row: nothing to gain.
    private static readonly string[] InLayer =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];

    /// <summary>The name of a weight's scales.</summary>
    public static string Scale(string weight) => weight + Suffix;

    /// <summary>Whether the weight of that canonical name may be int8.</summary>
    public static bool MayBe(string name) => name is CanonicalNames.WordEmbeddings or CanonicalNames.Decoder || IsOfLayer(name);

    /// <summary>Whether it is the matrix of a layer that all tokens are multiplied with.</summary>
    public static bool IsOfLayer(string name)
    {
        const string Weight = ".weight";
        if (!name.StartsWith(CanonicalNames.Layer, StringComparison.Ordinal) || !name.EndsWith(Weight, StringComparison.Ordinal))
            return false;
        string inLayer = name[CanonicalNames.Layer.Length..^Weight.Length];
        return InLayer.Contains(inLayer[(inLayer.IndexOf('.', StringComparison.Ordinal) + 1)..]);
    }

    /// <summary>An int8 matrix in the form that it is computed with, so that memory has it once: the caller drops the tensor that it gives.</summary>
    /// <param name="tensor">The tensor, which may be of any kind.</param>
    /// <param name="name">Its canonical name.</param>
    public static BertTensor Arrange(BertTensor tensor, string name) =>
        tensor.Type == TensorType.I8 && tensor.Shape.Length == 2 && IsOfLayer(name) ? tensor.TurnedToColumns() : tensor;

    /// <summary>The shape of the scales of a weight.</summary>
    public static int[] ScaleShape(BertTensor weight) => [weight.Shape[0], 1];

    /// <summary>Whether a weight is int8 and its scales are there.</summary>
    public static bool IsQuantized(IReadOnlyDictionary<string, BertTensor> tensors, string name) =>
        MayBe(name) && tensors.TryGetValue(name, out BertTensor? weight) && weight.Type == TensorType.I8 && weight.Shape.Length == 2
        && tensors.TryGetValue(Scale(name), out BertTensor? scale) && scale.Type.IsWeight() && scale.Shape.AsSpan().SequenceEqual(ScaleShape(weight));
}
