using Bert.MLNet.Files;
using Microsoft.ML.Model.OnnxConverter;

namespace Bert.MLNet.DataViews;

/// <summary>A node of a pipeline's graph that a step of ML.NET describes.</summary>
/// <param name="step">The step in messages.</param>
/// <param name="operation">The ONNX operator.</param>
/// <param name="domain">The domain of the operator; empty for ONNX's own.</param>
/// <param name="inputs">The values that it reads.</param>
/// <param name="outputs">The values that it computes.</param>
internal class StepNode(
    string step, string operation, string domain, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs) : OnnxNode
{
    // Fields and values of onnx.proto.
    private const int Name = 1, Float = 2, Integer = 3, Bytes = 4, Floats = 7, Integers = 8, Texts = 9, Kind = 20;
    private const int KindFloat = 1, KindInteger = 2, KindText = 3, KindFloats = 6, KindIntegers = 7, KindTexts = 8;

    private readonly Dictionary<string, ProtoMessage> _attributes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long[]> _integers = new(StringComparer.Ordinal);

    public string Step => step;

    public string Operator => operation;

    public string Domain => domain;

    public IReadOnlyList<string> Inputs => inputs;

    public IReadOnlyList<string> Outputs => outputs;

    /// <summary>The attributes as messages of onnx.proto, by name.</summary>
    public IReadOnlyDictionary<string, ProtoMessage> Attributes => _attributes;

    /// <summary>Gets the values of an attribute with a list of integers, or null if it is absent.</summary>
    public IReadOnlyList<long>? IntegersOf(string attribute) => _integers.GetValueOrDefault(attribute);

    public override void AddAttribute(string argName, double value) => Add(argName, KindFloat).Add(Float, (float)value);

    public override void AddAttribute(string argName, long value) => Add(argName, KindInteger).Add(Integer, value);

    public override void AddAttribute(string argName, bool value) => AddAttribute(argName, value ? 1L : 0L);

    public override void AddAttribute(string argName, string value) => Add(argName, KindText).Add(Bytes, value);

    public override void AddAttribute(string argName, ReadOnlyMemory<char> value) => AddAttribute(argName, value.ToString());

    public override void AddAttribute(string argName, Type t) => AddAttribute(argName, (long)(OnnxElement.Of(t)
        ?? throw new NotSupportedException($"ONNX has no numbers of type {t.Name}.")));

    public override void AddAttribute(string argName, IEnumerable<double> value) =>
        AddAttribute(argName, value.Select(item => (float)item));

    public override void AddAttribute(string argName, IEnumerable<float> value)
    {
        ProtoMessage attribute = Add(argName, KindFloats);
        foreach (float item in value)
            attribute.Add(Floats, item);
    }

    public override void AddAttribute(string argName, IEnumerable<long> value)
    {
        long[] items = [.. value];
        ProtoMessage attribute = Add(argName, KindIntegers);
        foreach (long item in items)
            attribute.Add(Integers, item);
        _integers[argName] = items;
    }

    public override void AddAttribute(string argName, IEnumerable<bool> value) =>
        AddAttribute(argName, value.Select(item => item ? 1L : 0L));

    public override void AddAttribute(string argName, IEnumerable<string> value)
    {
        ProtoMessage attribute = Add(argName, KindTexts);
        foreach (string item in value)
            attribute.Add(Texts, item);
    }

    public override void AddAttribute(string argName, string[] value) => AddAttribute(argName, value.AsEnumerable());

    public override void AddAttribute(string argName, IEnumerable<ReadOnlyMemory<char>> value) =>
        AddAttribute(argName, value.Select(item => item.ToString()));

    private ProtoMessage Add(string name, int kind) => _attributes[name] = new ProtoMessage().Add(Name, name).Add(Kind, kind);
}
