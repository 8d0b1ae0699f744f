using Bert.MLNet.Files;
using static Bert.MLNet.Models.OnnxFields;

namespace Bert.MLNet.Models;

/// <summary>A node of an ONNX graph.</summary>
internal sealed class OnnxNode
{
    private readonly ProtoField[] _attributes;

    /// <param name="message">A <c>NodeProto</c>.</param>
    /// <exception cref="FormatException">The message is damaged.</exception>
    public OnnxNode(ReadOnlyMemory<byte> message)
    {
        ILookup<int, ProtoField> fields = ProtoField.Read(message).ToLookup(field => field.Number);
        string domain = Text(NodeDomain);
        Name = Text(NodeName);
        Operator = (domain is "" or "ai.onnx" ? "" : domain + ".") + Text(NodeOperator);
        Inputs = Texts(NodeInput);
        Outputs = Texts(NodeOutput);
        _attributes = [.. fields[NodeAttribute]];

        string Text(int number) => Texts(number) is [.., var last] ? last : "";
        string[] Texts(int number) => [.. fields[number].Select(field => field.Text)];
    }

    /// <summary>The name of the node, which in PyTorch's exports contains the path of its module.</summary>
    public string Name { get; }

    /// <summary>The operator, after its domain if that is not ONNX's own.</summary>
    public string Operator { get; }

    /// <summary>The names of the values that it reads; empty for optional values that are absent.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The names of the values that it computes.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Gets the name of an input, or an empty text if it is absent.</summary>
    public string Input(int index) => index < Inputs.Count ? Inputs[index] : "";

    /// <summary>Whether an integer attribute exists and is not 0.</summary>
    public bool IsSet(string attribute) => Attribute(attribute, AttributeInteger) is { } value && value.Integer != 0;

    /// <summary>Gets the values of an attribute with a list of integers; empty if it is absent.</summary>
    public IReadOnlyList<long> Integers(string attribute) => [.. Fields(attribute, AttributeIntegers).SelectMany(field => field.Integers)];

    /// <summary>Gets the <c>TensorProto</c> of an attribute, or null if it is absent.</summary>
    public ReadOnlyMemory<byte>? Tensor(string attribute) => Attribute(attribute, AttributeTensor)?.Value;

    private ProtoField? Attribute(string name, int kind) => Fields(name, kind) is [.., var last] ? last : null;

    private ProtoField[] Fields(string name, int kind)
    {
        foreach (ProtoField attribute in _attributes)
        {
            ProtoField[] fields = [.. ProtoField.Read(attribute.Value)];
            if (Array.Exists(fields, field => field.Number == AttributeName && field.Text == name))
                return Array.FindAll(fields, field => field.Number == kind);
        }
        return [];
    }
}
