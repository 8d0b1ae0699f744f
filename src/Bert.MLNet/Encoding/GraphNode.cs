using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>A node of a pipeline's graph that stands for all operators of a step of this library.</summary>
/// <param name="step">The step in messages.</param>
/// <param name="inputs">The values that it reads.</param>
/// <param name="outputs">The values that it computes.</param>
/// <param name="write">Writes the operators, and returns the values of the outputs.</param>
internal sealed class GraphNode(
    string step, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, Func<OnnxGraph, IReadOnlyList<string>> write)
    : StepNode(step, "", "", inputs, outputs)
{
    public void Write(OnnxGraph graph)
    {
        foreach ((string value, string output) in write(graph).Zip(Outputs))
            graph.Rename(value, output);
    }
}
