using System.Runtime.InteropServices;
using Bert.MLNet.Files;
using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes an ONNX graph, node by node. Values are identified by name. Weights are only declared, and their memory is passed to the session
/// separately, unless they are written into the graph.
/// </summary>
internal sealed partial class OnnxGraph
{
    // Field numbers and enumerations of onnx.proto.
    private const int ModelIrVersion = 1, ModelProducer = 2, ModelGraph = 7, ModelOpset = 8, ModelMetadata = 14, OpsetDomain = 1,
        OpsetVersion = 2;
    private const int GraphNode = 1, GraphName = 2, GraphInitializer = 5, GraphInput = 11, GraphOutput = 12;
    private const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOpType = 4, NodeAttribute = 5, NodeDomain = 7;
    private const int AttributeName = 1, AttributeFloat = 2, AttributeInt = 3, AttributeString = 4, AttributeGraph = 6, AttributeInts = 8,
        AttributeType = 20;
    private const int TensorDims = 1, TensorDataType = 2, TensorName = 8, TensorRawData = 9, TensorExternalData = 13,
        TensorDataLocation = 14;
    private const int ValueName = 1, ValueType = 2, TypeTensor = 1, TensorTypeElement = 1, TensorTypeShape = 2, ShapeDimension = 1,
        DimensionValue = 1, DimensionName = 2;
    private const int EntryKey = 1, EntryValue = 2, DataLocationExternal = 1;
    private const int KindFloat = 1, KindInt = 2, KindString = 3, KindGraph = 5, KindInts = 7;

    private const int IrVersion = 9;

    /// <summary>The maximum size of a protobuf message, minus the fields before the graph.</summary>
    private const long MaxLength = int.MaxValue - 1024;

    /// <summary>The operator set of the nodes: the first with <c>Gelu</c>.</summary>
    private const int Opset = 20;

    /// <summary>The name prefix of ONNX Runtime's own operators. A graph that <see cref="StandsAlone"/> contains none of them.</summary>
    public const string Microsoft = "com.microsoft.";

    public const int Float = 1, UInt8 = 2, Int8 = 3, Int32 = 6, Int64 = 7, Bool = 9, Float16 = 10;

    /// <summary>The suffix of a matrix in half precision after its conversion.</summary>
    private const string Converted = "_single";

    private readonly ProtoMessage _graph;
    private readonly string _prefix;
    private readonly bool _halves;
    private readonly Dictionary<string, GraphWeight> _weights = [];
    private readonly List<(ProtoMessage Header, GraphWeight Weight, BertWeights Contents)> _written = [];
    private BertWeights? _contents;
    private readonly Dictionary<string, string> _constants = [];
    private readonly ProtoMessage _metadata = new();
    private ProtoMessage _nodes;
    private int _count;

    /// <summary>Starts a graph.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="contents">The weights to write into it for a self-contained file, or null to only declare them.</param>
    /// <param name="halves">Whether float matrices are stored in half precision, and converted by the graph.</param>
    public OnnxGraph(string name, BertWeights? contents = null, bool halves = false) : this(name, "", contents is not null) =>
        (_contents, _halves) = (contents, halves);

    private OnnxGraph(string name, string prefix, bool standsAlone)
    {
        _graph = _nodes = new ProtoMessage().Add(GraphName, name);
        (_prefix, StandsAlone) = (prefix, standsAlone);
    }

    /// <summary>The declared weights, by name in the graph.</summary>
    public IReadOnlyDictionary<string, GraphWeight> Weights => _weights;

    /// <summary>
    /// Whether the weights are written into the graph: it is then a file for any ONNX program, not only for sessions of this library.
    /// </summary>
    public bool StandsAlone { get; }

    /// <summary>Adds metadata, which programs that open the file can read (<c>metadata_props</c>).</summary>
    public void AddMetadata(string name, string value) =>
        _metadata.Add(ModelMetadata, new ProtoMessage().Add(EntryKey, name).Add(EntryValue, value));

    /// <summary>
    /// Adds a graph input. A dimension is a number, or a name if it varies. Without dimensions, the shape is not declared.
    /// </summary>
    public string Input(string name, int elementType, params ReadOnlySpan<object> dimensions)
    {
        if (_part is not null)
            return _part.Inputs[name];
        _graph.Add(GraphInput, Value(name, elementType, dimensions));
        return name;
    }

    /// <summary>Makes <paramref name="value"/> a graph output with the name <paramref name="name"/>.</summary>
    public void Output(string name, string value, params ReadOnlySpan<object> dimensions)
    {
        if (_part is not null)
            _part.Outputs.Add(name, value);
        else
            Output(name, value, Float, dimensions);
    }

    /// <summary>Makes a value of floats a graph output under its own name.</summary>
    public void Publish(string value) => _graph.Add(GraphOutput, Value(value, Float, []));

    /// <summary>
    /// Adds a float tensor of the checkpoint. If it is only declared, its memory is passed to the session under the same name.
    /// </summary>
    /// <remarks>
    /// ONNX Runtime then uses the memory of the session's initializers and never reads the data from a file. Nevertheless, when it opens a
    /// graph, it requires that a tensor without data names an existing location. The session's own folder of weights, ".", is one.
    /// </remarks>
    public string Weight(string name, params ReadOnlySpan<int> shape) =>
        Weight(name, new GraphWeight(name, Float, IsTransposed: false, shape.ToArray()));

    /// <summary>Adds a tensor of the checkpoint of any type and form, under a name in the graph.</summary>
    /// <inheritdoc cref="Weight(string, ReadOnlySpan{int})" path="/remarks"/>
    public string Weight(string name, GraphWeight weight)
    {
        name = _prefix + _part?.Prefix + name;
        bool isHalf = _halves && weight is { ElementType: Float, Shape: [_, .., > 1] };
        if (isHalf)
            weight = weight with { ElementType = Float16 };
        if (_weights.TryAdd(name, weight))
        {
            ProtoMessage tensor = new();
            foreach (int dimension in weight.Shape)
                tensor.Add(TensorDims, dimension);
            tensor.Add(TensorDataType, weight.ElementType).Add(TensorName, name);
            if (_contents is null)
                _graph.Add(GraphInitializer,
                    tensor.Add(TensorExternalData, new ProtoMessage().Add(EntryKey, "location").Add(EntryValue, "."))
                    .Add(TensorDataLocation, DataLocationExternal));
            else
                _written.Add((tensor, weight, _contents));
            if (isHalf)
                _graph.Add(GraphNode, Node("Cast", [name + Converted], [name], ("to", (long)Float)));
        }
        return isHalf ? name + Converted : name;
    }

    /// <summary>Adds a scalar constant.</summary>
    public string Scalar(float value) => Constant(Float, [], MemoryMarshal.AsBytes([value]));

    /// <summary>Adds a vector of integers.</summary>
    public string Integers(params ReadOnlySpan<long> values) => Constant(Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Adds an integer of rank 0.</summary>
    public string Integer(long value) => Constant(Int64, [], MemoryMarshal.AsBytes([value]));

    /// <summary>Adds a constant whose little-endian values are part of the graph. Equal constants are written once.</summary>
    public string Constant(int elementType, ReadOnlySpan<long> shape, ReadOnlySpan<byte> bytes)
    {
        string key = $"{elementType}:{ShapeText.Of(shape.ToArray())}:{Convert.ToHexString(bytes)}";
        if (!_constants.TryGetValue(key, out string? name))
        {
            name = $"{_prefix}Constant_{_constants.Count}";
            ProtoMessage tensor = new();
            foreach (long dimension in shape)
                tensor.Add(TensorDims, dimension);
            _graph.Add(GraphInitializer, tensor.Add(TensorDataType, elementType).Add(TensorName, name).Add(TensorRawData, bytes));
            _constants.Add(key, name);
        }
        return name;
    }

    /// <summary>Adds a node and returns the name of its only output.</summary>
    /// <param name="operation">The ONNX operator, or one of <see cref="Microsoft"/>'s.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="attributes">Its attributes: numbers, texts, <c>long[]</c> or graphs.</param>
    public string Add(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string output = NewName(operation);
        _nodes.Add(GraphNode, Node(operation, [output], inputs, attributes));
        return output;
    }

    /// <summary>Adds a node and returns the names of its outputs.</summary>
    public string[] Add(
        string operation, ReadOnlySpan<string> inputs, int outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string first = NewName(operation);
        string[] names = [first, .. Enumerable.Range(1, outputs - 1).Select(i => $"{first}_{i}")];
        _nodes.Add(GraphNode, Node(operation, names, inputs, attributes));
        return names;
    }

    /// <summary>Gets the bytes of the model file.</summary>
    public byte[] ToModel()
    {
        var stream = new MemoryStream();
        Write(stream);
        return stream.ToArray();
    }

    /// <summary>Writes the model file, with weights one by one from their own memory.</summary>
    /// <exception cref="NotSupportedException">The file would exceed the maximum size of an ONNX file.</exception>
    public void Write(Stream stream)
    {
        ProtoMessage[] headers = [.. _written.Select(written => RawTensor(written.Header, written.Weight.Size))];
        long length = _graph.Bytes.Length + headers.Sum(tensor => (long)tensor.Bytes.Length) + _written.Sum(written => written.Weight.Size);
        if (length > MaxLength)
            throw new NotSupportedException(
                $"The graph and its weights have {length:N0} bytes, but an ONNX file can have at most {MaxLength:N0}. Save the " +
                "checkpoint with SavePretrained.");
        ProtoMessage header = new ProtoMessage()
            .Add(ModelIrVersion, IrVersion)
            .Add(ModelProducer, "Bert.MLNet")
            .Add(ModelOpset, new ProtoMessage().Add(OpsetVersion, Opset));
        foreach ((string domain, int version) in _domains)
            header.Add(ModelOpset, new ProtoMessage().Add(OpsetDomain, domain).Add(OpsetVersion, version));
        if (!StandsAlone)
            header.Add(ModelOpset, new ProtoMessage().Add(OpsetDomain, Microsoft.TrimEnd('.')).Add(OpsetVersion, 1));
        stream.Write(header.Append(_metadata.Bytes).Begin(ModelGraph, length).Bytes);
        stream.Write(_graph.Bytes);
        foreach ((ProtoMessage tensor, (_, GraphWeight weight, BertWeights contents)) in headers.Zip(_written))
        {
            stream.Write(tensor.Bytes);
            stream.Write(weight.Of(contents).Bytes.Span);
        }
    }

    private string NewName(string operation) => $"{_prefix}{operation[(operation.LastIndexOf('.') + 1)..]}_{_count++}";

    /// <summary>Creates the header of a tensor, which its data follow.</summary>
    private static ProtoMessage RawTensor(ProtoMessage header, long size)
    {
        ProtoMessage tensor = new ProtoMessage().Append(header.Bytes).Begin(TensorRawData, size);
        return new ProtoMessage().Begin(GraphInitializer, tensor.Bytes.Length + size).Append(tensor.Bytes);
    }

    private static ProtoMessage Node(
        string operation, ReadOnlySpan<string> outputs, ReadOnlySpan<string> inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        ProtoMessage node = new();
        foreach (string input in inputs)
            node.Add(NodeInput, input);
        foreach (string output in outputs)
            node.Add(NodeOutput, output);
        int domain = operation.LastIndexOf('.');
        node.Add(NodeName, outputs[0]).Add(NodeOpType, operation[(domain + 1)..]);
        if (domain > 0)
            node.Add(NodeDomain, operation[..domain]);
        foreach ((string name, object value) in attributes)
            node.Add(NodeAttribute, Attribute(name, value));
        return node;
    }

    private static ProtoMessage Attribute(string name, object value)
    {
        ProtoMessage attribute = new ProtoMessage().Add(AttributeName, name);
        switch (value)
        {
            case float number: return attribute.Add(AttributeFloat, number).Add(AttributeType, KindFloat);
            case long number: return attribute.Add(AttributeInt, number).Add(AttributeType, KindInt);
            case string text: return attribute.Add(AttributeString, text).Add(AttributeType, KindString);
            case ProtoMessage graph: return attribute.Add(AttributeGraph, graph).Add(AttributeType, KindGraph);
            case long[] numbers:
                foreach (long number in numbers)
                    attribute.Add(AttributeInts, number);
                return attribute.Add(AttributeType, KindInts);
            default: throw new ArgumentException($"Attribute '{name}' has no ONNX form for {value.GetType()}.", nameof(value));
        }
    }

    private static ProtoMessage Value(string name, int elementType, ReadOnlySpan<object> dimensions)
    {
        ProtoMessage tensor = new ProtoMessage().Add(TensorTypeElement, elementType);
        if (!dimensions.IsEmpty)
        {
            ProtoMessage shape = new();
            foreach (object dimension in dimensions)
                shape.Add(ShapeDimension, dimension is string symbol
                    ? new ProtoMessage().Add(DimensionName, symbol)
                    : new ProtoMessage().Add(DimensionValue, (int)dimension));
            tensor.Add(TensorTypeShape, shape);
        }
        return new ProtoMessage().Add(ValueName, name).Add(ValueType, new ProtoMessage().Add(TypeTensor, tensor));
    }
}
