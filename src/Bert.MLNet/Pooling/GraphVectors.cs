using Bert.MLNet.Encoders;
using Bert.MLNet.Models;

namespace Bert.MLNet.Pooling;

/// <summary>
/// Writes what turns pooled vectors into the vectors of texts as ONNX operators, with the results of <see cref="VectorChain"/>.
/// </summary>
internal static class GraphVectors
{
    /// <summary>Writes the modules after pooling, truncation and normalization.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="vectors">The pooled vectors, [rows, values].</param>
    /// <param name="layers">The modules, in order.</param>
    /// <param name="dimension">The number of values to keep.</param>
    /// <param name="normalize">Whether the results are scaled to length 1.</param>
    /// <exception cref="NotSupportedException">A module has no form in ONNX.</exception>
    public static string Write(OnnxGraph graph, string vectors, IReadOnlyList<VectorLayer> layers, int dimension, bool normalize)
    {
        foreach (VectorLayer layer in layers)
            vectors = Apply(graph, vectors, layer);
        vectors = graph.Add("Slice", [vectors, graph.Integers(0), graph.Integers(dimension), graph.Integers(1)]);
        return normalize ? Normalize(graph, vectors) : vectors;
    }

    /// <summary>Writes the scaling of vectors to length 1.</summary>
    public static string Normalize(OnnxGraph graph, string vectors)
    {
        string length = graph.Add("ReduceL2", [vectors, graph.Integers(1)], ("keepdims", 1L));
        return graph.Add("Div", [vectors, graph.Add("Max", [length, graph.Scalar(NormalizeLayer.MinNorm)])]);
    }

    private static string Apply(OnnxGraph graph, string vectors, VectorLayer layer) => layer switch
    {
        NormalizeLayer => Normalize(graph, vectors),
        DenseLayer dense => Dense(graph, vectors, dense),
        LayerNormLayer => graph.Add("LayerNormalization", [vectors, .. layer.Tensors.Select(tensor => Tensor(graph, tensor))],
            ("axis", -1L), ("epsilon", (float)LayerNormLayer.Epsilon)),
        _ => throw new NotSupportedException($"the module {layer.Kind} after the pooling has no form in ONNX"),
    };

    private static string Dense(OnnxGraph graph, string vectors, DenseLayer layer)
    {
        string product = graph.Add("Gemm", [vectors, .. layer.Tensors.Select(tensor => Tensor(graph, tensor))], ("transB", 1L));
        return layer.Activation is { } activation ? GraphLayers.Activate(graph, activation, product) : product;
    }

    private static string Tensor(OnnxGraph graph, BertTensor tensor)
    {
        float[] values = new float[tensor.Count];
        tensor.CopyTo(values);
        return graph.Floats([.. tensor.Shape.Select(size => (long)size)], values);
    }
}
