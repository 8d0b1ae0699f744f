using Bert.MLNet.Files;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>An ONNX graph as its nodes, its float tensors and the names of its outputs.</summary>
internal sealed class OnnxModel
{
    private const string Transpose = "Transpose";

    private readonly Dictionary<string, OnnxWeight> _weights = new(StringComparer.Ordinal);

    private OnnxModel(ReadOnlyMemory<byte> model, string file)
    {
        ProtoField[] graph = [.. ProtoField.Read(model).Where(field => field.Number == ModelGraph)
            .SelectMany(field => ProtoField.Read(field.Value))];
        File = file;
        Nodes = [.. graph.Where(part => part.Number == GraphNode).Select(part => new OnnxNode(part.Value))];
        Outputs = [.. graph.Where(part => part.Number == GraphOutputs).Select(part => GraphOutput.Read(part.Value).Name)];
        foreach (ProtoField part in graph.Where(part => part.Number == GraphInitializer))
            Add(OnnxTensor.Read(part.Value, file));
        foreach (OnnxNode node in Nodes.Where(node => node.Outputs.Count == 1))
            AddCopy(node);
    }

    /// <summary>The name of its file in messages.</summary>
    public string File { get; }

    /// <summary>The nodes, each after those whose results it reads.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The values that are float tensors: initializers, constants, and their copies and transposes.</summary>
    public IReadOnlyDictionary<string, OnnxWeight> Weights => _weights;

    /// <summary>Reads a graph that includes its weights.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> model, string file)
    {
        try
        {
            return new OnnxModel(model, file);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new InvalidDataException(
                $"'{file}' is damaged or not an ONNX graph: {exception.Message} Copy or download the file again.", exception);
        }
    }

    private void Add(OnnxTensor? tensor)
    {
        if (tensor is not null)
            _weights[tensor.Name] = new OnnxWeight(tensor, IsTransposed: false);
    }

    // Exporters write one tensor for equal weights, and copies of it under the names of the others.
    private void AddCopy(OnnxNode node)
    {
        string output = node.Outputs[0];
        if (node.Operator == "Constant" && node.Tensor("value") is { } constant)
            Add(OnnxTensor.Read(constant, File, output));
        else if (node.Operator is "Identity" or "Cast" or Transpose && _weights.TryGetValue(node.Input(0), out OnnxWeight? weight))
            AddCopy(output, weight, node);
    }

    private void AddCopy(string output, OnnxWeight weight, OnnxNode node)
    {
        if (node.Operator != Transpose)
            _weights[output] = weight;
        else if (weight.Tensor.Shape.Length == 2 && node.Integers("perm") is [] or [1, 0])
            _weights[output] = weight.Transposed;
    }
}

/// <summary>A value of a graph that is a float tensor.</summary>
/// <param name="Tensor">The tensor that the graph stores.</param>
/// <param name="IsTransposed">Whether the value is its transpose.</param>
internal sealed record OnnxWeight(OnnxTensor Tensor, bool IsTransposed)
{
    /// <summary>The dimensions of the value.</summary>
    public int[] Shape => IsTransposed ? [Tensor.Shape[1], Tensor.Shape[0]] : Tensor.Shape;

    /// <summary>The transpose of a matrix.</summary>
    public OnnxWeight Transposed => this with { IsTransposed = !IsTransposed };

    /// <summary>Reads its values into a tensor of a checkpoint.</summary>
    /// <inheritdoc cref="OnnxTensor.ToTensor" path="/exception"/>
    public BertTensor ToTensor(string name) => Tensor.ToTensor(name, IsTransposed);
}
