namespace Bert.MLNet.Models;

/// <summary>
/// Defines which weights of a checkpoint are int8 after quantization, and their names: a matrix of int8 values has the name of the float
/// matrix, [rows, columns], and there is a scale for each row, [rows, 1], as in HuggingFace's compressed-tensors. A weight is value ×
/// scale. Matrices of layers are column-major in memory.
/// </summary>
internal static class QuantizedWeights
{
    private const string Suffix = "_scale";

    // Products over all tokens, which take most of the time, and the two largest tables. Poolers and heads read one token per row, so they
    // would gain nothing.
    private static readonly string[] InLayer =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense",
            "intermediate.gate", "output.dense", CanonicalNames.CrossAttention + "self.query", CanonicalNames.CrossAttention + "self.key",
            CanonicalNames.CrossAttention + "self.value"];

    /// <summary>The name of a weight's scales.</summary>
    public static string Scale(string weight) => weight + Suffix;

    /// <summary>Whether the weight with a canonical name can be int8.</summary>
    public static bool MayBe(string name) => name is CanonicalNames.WordEmbeddings or CanonicalNames.Decoder || IsOfLayer(name);

    /// <summary>Whether a weight is the matrix of a layer that is multiplied with all tokens.</summary>
    public static bool IsOfLayer(string name)
    {
        const string Weight = ".weight";
        name = FusedTensors.Parts(name)[0];
        if (!name.StartsWith(CanonicalNames.Layer, StringComparison.Ordinal) || !name.EndsWith(Weight, StringComparison.Ordinal))
            return false;
        string inLayer = name[CanonicalNames.Layer.Length..^Weight.Length];
        return InLayer.Any(part => inLayer.EndsWith("." + part, StringComparison.Ordinal));
    }

    /// <summary>
    /// Converts an int8 matrix to the layout of its products, in the same memory: the caller drops the original tensor. One that has it is
    /// returned.
    /// </summary>
    /// <param name="tensor">The tensor, of any kind.</param>
    /// <param name="name">Its canonical name.</param>
    public static BertTensor Arrange(BertTensor tensor, string name) =>
        tensor.Type == TensorType.I8 && tensor.Shape.Length == 2 && !tensor.IsByColumns && IsOfLayer(name) && !FusedTensors.IsFused(name)
            ? tensor.TurnedToColumns()
            : tensor;

    /// <summary>The shape of the scales of a weight.</summary>
    public static int[] ScaleShape(BertTensor weight) => [weight.Shape[0], 1];

    /// <summary>Whether a weight is int8 and has scales.</summary>
    public static bool IsQuantized(IReadOnlyDictionary<string, BertTensor> tensors, string name) =>
        MayBe(name) && tensors.TryGetValue(name, out BertTensor? weight) && weight.Type == TensorType.I8 && weight.Shape.Length == 2
        && tensors.TryGetValue(Scale(name), out BertTensor? scale)
            && scale.Type.IsWeight()
            && scale.Shape.AsSpan().SequenceEqual(ScaleShape(weight));
}
