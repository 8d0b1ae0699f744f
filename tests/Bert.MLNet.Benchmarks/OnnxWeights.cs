using System.Runtime.InteropServices;
using Bert.MLNet.Files;
using Bert.MLNet.Models;

namespace Bert.MLNet.Benchmarks;

/// <summary>Reads a checkpoint's weights from the ONNX export that PyTorch makes of it.</summary>
/// <remarks>
/// The export keeps the names of all weights but the dense layers' matrices, which are transposed and numbered. Such a matrix is found by the
/// bias that is added to its product.
/// </remarks>
internal static class OnnxWeights
{
    private const string Bias = "bias", Weight = "weight";

    // Numbers of fields and values in onnx.proto.
    private const int ModelGraph = 7, GraphNode = 1, GraphInitializer = 5;
    private const int NodeInput = 1, NodeOutput = 2, NodeOperator = 4;
    private const int TensorDimension = 1, TensorType = 2, TensorName = 8, TensorBytes = 9;
    private const int Float = 1;

    public static BertWeights Read(ReadOnlyMemory<byte> model)
    {
        ProtoField[] graph = [.. ProtoField.Read(ProtoField.Read(model).Single(field => field.Number == ModelGraph).Value)];
        Node[] nodes = [.. graph.Where(part => part.Number == GraphNode).Select(part => Node.Read(part.Value))];
        Dictionary<string, Tensor> tensors = graph.Where(part => part.Number == GraphInitializer).Select(part => Tensor.Read(part.Value))
            .Where(tensor => tensor.Type == Float).ToDictionary(tensor => tensor.Name);
        Dictionary<string, string> matrixOfProduct = nodes.Where(node => node.Operator == "MatMul" && tensors.ContainsKey(node.Inputs[1]))
            .ToDictionary(node => node.Output, node => node.Inputs[1]);
        foreach (Node sum in nodes.Where(node => node.Operator == "Add"))
        {
            if (sum.Inputs.FirstOrDefault(tensors.ContainsKey) is { } bias && sum.Inputs.FirstOrDefault(matrixOfProduct.ContainsKey) is { } product)
            {
                tensors.Remove(matrixOfProduct[product], out Tensor? matrix);
                tensors.Add(bias[..^Bias.Length] + Weight, matrix!.Transpose());
            }
        }
        return BertWeights.Create(tensors.Select(tensor => (tensor.Key, tensor.Value.Shape, tensor.Value.Values)));
    }

    private sealed record Node(string Operator, string[] Inputs, string Output)
    {
        public static Node Read(ReadOnlyMemory<byte> message)
        {
            ILookup<int, ProtoField> fields = ProtoField.Read(message).ToLookup(field => field.Number);
            return new(fields[NodeOperator].Single().Text, [.. fields[NodeInput].Select(input => input.Text)], fields[NodeOutput].First().Text);
        }
    }

    private sealed record Tensor(string Name, long Type, int[] Shape, float[] Values)
    {
        public static Tensor Read(ReadOnlyMemory<byte> message)
        {
            ILookup<int, ProtoField> fields = ProtoField.Read(message).ToLookup(field => field.Number);
            long type = fields[TensorType].Single().Integer;
            return new(
                fields[TensorName].Single().Text,
                type,
                [.. fields[TensorDimension].Select(dimension => (int)dimension.Integer)],
                type == Float ? MemoryMarshal.Cast<byte, float>(fields[TensorBytes].Single().Value.Span).ToArray() : []);
        }

        public Tensor Transpose()
        {
            (int rows, int columns) = (Shape[0], Shape[1]);
            float[] transposed = new float[Values.Length];
            for (int i = 0; i < Values.Length; i++)
                transposed[i % columns * rows + i / columns] = Values[i];
            return this with { Shape = [columns, rows], Values = transposed };
        }
    }
}
