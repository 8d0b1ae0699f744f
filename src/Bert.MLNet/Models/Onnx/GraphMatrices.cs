namespace Bert.MLNet.Models;

/// <summary>A matrix that a graph multiplies by, in the layout of checkpoints, [outputs, inputs].</summary>
/// <param name="Weight">The value.</param>
/// <param name="Names">The names that it may have in a checkpoint, the best first.</param>
/// <param name="Biases">The names that the bias after it may have.</param>
internal sealed record GraphMatrix(OnnxWeight Weight, IReadOnlyList<string> Names, IReadOnlyList<string> Biases);

/// <summary>
/// Finds the matrices of a graph. PyTorch transposes and renumbers the matrix of a linear layer, so that only its use tells which one it
/// is: the path of its module in the node's name, or the bias that is added to its product.
/// </summary>
internal sealed class GraphMatrices(OnnxModel graph)
{
    private const string Microsoft = "com.microsoft.";

    private readonly ILookup<string, OnnxNode> _readers = graph.Nodes.SelectMany(node => node.Inputs.Distinct()
        .Select(input => (input, node))).ToLookup(use => use.input, use => use.node, StringComparer.Ordinal);

    public IEnumerable<GraphMatrix> All()
    {
        foreach (OnnxNode node in graph.Nodes)
        {
            if (node.Operator is not ("MatMul" or "Gemm" or Microsoft + "FusedMatMul" or Microsoft + "GemmFastGelu")
                || !graph.Weights.TryGetValue(node.Input(1), out OnnxWeight? stored)
                || stored.Shape.Length != 2)
                continue;
            OnnxWeight weight = node.IsSet("transB") ? stored : stored.Transposed;
            IEnumerable<string> biases = Biases(node).Where(name => graph.Weights.TryGetValue(name, out OnnxWeight? bias)
                && bias.Tensor.Shape is [var size] && size == weight.Shape[0]);
            yield return new GraphMatrix(
                weight,
                [node.Input(1), stored.Tensor.Name, .. Module(node.Name) is { } module ? [module + ".weight"] : Array.Empty<string>()],
                [.. biases.SelectMany(name => new[] { name, graph.Weights[name].Tensor.Name })]);
        }
    }

    // "/encoder/layer.0/attention/self/query/MatMul"
    private static string? Module(string node) =>
        node.LastIndexOf('/') is > 0 and int end ? node[..end].TrimStart('/').Replace('/', '.') : null;

    /// <summary>Returns the names of the values that may be the bias of a product.</summary>
    private IEnumerable<string> Biases(OnnxNode product)
    {
        if (product.Input(2) is { Length: > 0 } own)
            return [own];
        string output = product.Outputs[0];
        return _readers[output].SelectMany(reader => reader.Operator switch
        {
            "Add" => reader.Inputs.Where(input => input != output),
            Microsoft + "BiasGelu" or Microsoft + "FastGelu" => [reader.Input(1)],
            Microsoft + "SkipLayerNormalization" => [reader.Input(4)],
            _ => [],
        });
    }
}
