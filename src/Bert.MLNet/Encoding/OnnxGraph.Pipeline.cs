using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Bert.MLNet.Files;
using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

// A graph of a whole pipeline: encoders as parts of it, beside the nodes of ML.NET's steps.
internal sealed partial class OnnxGraph
{
    private const int TensorTexts = 6;

    private readonly Dictionary<string, int> _domains = new(StringComparer.Ordinal);
    private readonly Dictionary<BertWeights, string> _partsOf = [];
    private PartNames? _part;

    /// <summary>The names of an encoder that is a part of a graph.</summary>
    /// <param name="Prefix">The start of the names of its weights.</param>
    /// <param name="Inputs">The values of its inputs.</param>
    /// <param name="Outputs">Receives the values of its outputs.</param>
    private sealed record PartNames(string Prefix, IReadOnlyDictionary<string, string> Inputs, Dictionary<string, string> Outputs);

    /// <summary>Starts a graph to which encoders are added as parts. No name of theirs can be the name of a column.</summary>
    public static OnnxGraph OfPipeline() => new("pipeline", "bert/", standsAlone: true);

    /// <summary>Writes an encoder with its weights, and returns the values of its outputs by name.</summary>
    /// <param name="weights">The weights. If several encoders have the same, they are written once.</param>
    /// <param name="inputs">The values of this graph that are its inputs, by name.</param>
    /// <param name="write">Writes the encoder to this graph.</param>
    public IReadOnlyDictionary<string, string> AddPart(BertWeights weights, IReadOnlyDictionary<string, string> inputs, Action write)
    {
        if (!_partsOf.TryGetValue(weights, out string? prefix))
            _partsOf.Add(weights, prefix = $"{_partsOf.Count}/");
        _part = new PartNames(prefix, inputs, []);
        _contents = weights;
        write();
        IReadOnlyDictionary<string, string> outputs = _part.Outputs;
        (_part, _contents) = (null, null);
        return outputs;
    }

    /// <summary>Makes a value a graph output of any type.</summary>
    public void Output(string name, string value, int elementType, ReadOnlySpan<object> dimensions)
    {
        Rename(value, name);
        _graph.Add(GraphOutput, Value(name, elementType, dimensions));
    }

    /// <summary>Gives a value another name.</summary>
    public void Rename(string value, string name) => _graph.Add(GraphNode, Node("Identity", [name], [value]));

    /// <summary>Adds float values that are part of the graph.</summary>
    public string Floats(ReadOnlySpan<long> shape, ReadOnlySpan<float> values) => Constant(Float, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant of a step of ML.NET.</summary>
    public void Add(StepTensor constant)
    {
        ProtoMessage tensor = new ProtoMessage().Add(TensorDataType, constant.ElementType).Add(TensorName, constant.Name);
        foreach (long dimension in constant.Shape)
            tensor.Add(TensorDims, dimension);
        foreach (string text in constant.Texts ?? [])
            tensor.Add(TensorTexts, text);
        if (constant.Texts is null)
            tensor.Add(TensorRawData, constant.Bytes.Span);
        _graph.Add(GraphInitializer, tensor);
    }

    /// <summary>Adds a node of a step of ML.NET, in the form of this graph's operator set.</summary>
    /// <exception cref="NotSupportedException">The operator set does not have the operator.</exception>
    public void Add(StepNode step)
    {
        if (step.Domain.Length > 0)
            _domains[step.Domain] = StepOperators.VersionOf(step.Domain);
        string? axes = StepOperators.AxesAttribute(step);
        ProtoMessage node = new();
        foreach (string input in step.Inputs)
            node.Add(NodeInput, input);
        if (axes is not null)
            node.Add(NodeInput, Integers([.. step.IntegersOf(axes)!]));
        foreach (string output in step.Outputs)
            node.Add(NodeOutput, output);
        node.Add(NodeName, step.Outputs[0]).Add(NodeOpType, step.Operator).Add(NodeDomain, step.Domain);
        foreach ((_, ProtoMessage attribute) in step.Attributes.Where(attribute => attribute.Key != axes))
            node.Add(NodeAttribute, attribute);
        _graph.Add(GraphNode, node);
    }
}
