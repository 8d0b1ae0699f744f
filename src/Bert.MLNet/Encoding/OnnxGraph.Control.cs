using Bert.MLNet.Files;

namespace Bert.MLNet.Encoders;

// Nodes that contain graphs of their own, which can read all values of the graph around them.
internal sealed partial class OnnxGraph
{
    /// <summary>Adds a choice between two values of the same shape, and returns its name. Only one of them is computed.</summary>
    /// <param name="condition">A Boolean value with one element.</param>
    /// <param name="then">Adds the nodes of the value for true, and returns its name.</param>
    /// <param name="otherwise">Adds the nodes of the value for false, and returns its name.</param>
    /// <param name="shape">The dimensions of the values.</param>
    public string If(string condition, Func<string> then, Func<string> otherwise, params ReadOnlySpan<object> shape) => Add(
        "If", [condition], ("then_branch", Body(then, shape)), ("else_branch", Body(otherwise, shape)));

    /// <summary>
    /// Adds a computation that is repeated for each part of a value, and returns its name. Results are stacked on the same axis.
    /// </summary>
    /// <param name="parts">The value with the parts.</param>
    /// <param name="axis">The axis that numbers the parts.</param>
    /// <param name="body">Adds the nodes for a part, which is its argument, and returns the name of the result.</param>
    /// <param name="partShape">The dimensions of a part.</param>
    /// <param name="resultShape">The dimensions of a result.</param>
    public string Scan(
        string parts, long axis, Func<string, string> body, ReadOnlySpan<object> partShape, ReadOnlySpan<object> resultShape)
    {
        string part = NewName("Part");
        ProtoMessage graph = Body(() => body(part), resultShape).Add(GraphInput, Value(part, Float, partShape));
        return Add("Scan", [parts], ("body", graph), ("num_scan_inputs", 1L), ("scan_input_axes", new[] { axis }),
            ("scan_output_axes", new[] { axis }));
    }

    private ProtoMessage Body(Func<string> write, ReadOnlySpan<object> shape)
    {
        ProtoMessage outer = _nodes, body = _nodes = new ProtoMessage().Add(GraphName, NewName("Body"));
        string result = write();
        _nodes = outer;
        return body.Add(GraphOutput, Value(result, Float, shape));
    }
}
