using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes a fitted pipeline as one ONNX file: encoders of this library, whose inputs are tokens, and the steps of ML.NET around them.
/// </summary>
internal static class PipelineFile
{
    /// <summary>Writes the file.</summary>
    /// <param name="model">The fitted pipeline.</param>
    /// <param name="data">Data with the schema of its input; no row is read.</param>
    /// <param name="outputs">The columns that become outputs; none for all that depend on tokens.</param>
    /// <param name="stream">Receives the file.</param>
    /// <exception cref="ArgumentException">An output is not a column of the result.</exception>
    /// <exception cref="NotSupportedException">A step that the outputs depend on cannot be exported; the message names it.</exception>
    public static void Write(ITransformer model, IDataView data, IReadOnlyCollection<string> outputs, Stream stream)
    {
        var steps = new PipelineSteps(model, data);
        DataViewSchema.Column[] columns = outputs.Count > 0 ? [.. outputs.Select(name => Find(steps.Schema, name))] : steps.Results();
        if (columns.Length == 0)
            throw new NotSupportedException(
                "The model has no columns that depend on tokens, so it has no step of this library to save. Save it with ML.NET's " +
                "ml.Model.ConvertToOnnx.");
        foreach (DataViewSchema.Column column in columns)
        {
            if (steps.Graph.MissingReason(column.Name) is { } reason)
                throw new NotSupportedException(
                    $"Column '{column.Name}' cannot be saved as ONNX: {reason}. Leave the step out, name only columns that do not depend " +
                    "on it, or save the model with ml.Model.SaveToFile.");
        }
        Write(steps.Graph, columns, stream);
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentException(
            $"The output column '{name}' does not exist. The result has the columns " +
            $"{string.Join(", ", schema.Where(column => !column.IsHidden).Select(column => column.Name))}.");

    private static void Write(StepGraph graph, DataViewSchema.Column[] outputs, Stream stream)
    {
        HashSet<string> needed = [.. outputs.Select(column => graph.GetVariableName(column.Name))];
        StepNode[] nodes = NodesFor(graph, needed);
        OnnxGraph file = OnnxGraph.OfPipeline();
        foreach ((string name, string value) in graph.Metadata)
            file.AddMetadata(name, value);
        string[] inputs = [.. graph.TokenInputs.Concat(graph.Inputs.Keys).Distinct().Where(needed.Contains)];
        foreach (string input in inputs)
            file.Input(input, graph.Inputs[input].ElementType, Dimensions(input, graph.Inputs[input].Shape));
        foreach (StepTensor constant in graph.Tensors.Values.Where(constant => needed.Contains(constant.Name)))
            file.Add(constant);
        foreach (StepNode node in nodes)
        {
            if (node is GraphNode part)
                part.Write(file);
            else
                file.Add(node);
        }
        foreach (DataViewSchema.Column column in outputs)
        {
            string name = Array.IndexOf(inputs, column.Name) < 0 ? column.Name : column.Name + ".output";
            file.Output(name, graph.GetVariableName(column.Name), OnnxElement.Of(column.Type)!.Value,
                Dimensions(column.Name, OnnxElement.ShapeOf(column.Type)));
        }
        file.Write(stream);
    }

    /// <summary>The nodes that compute some values, in order. Adds all values that they read to those values.</summary>
    private static StepNode[] NodesFor(StepGraph graph, HashSet<string> needed)
    {
        List<StepNode> nodes = [];
        foreach (StepNode node in graph.Nodes.Reverse().Where(node => node.Outputs.Any(needed.Contains)))
        {
            needed.UnionWith(node.Inputs);
            nodes.Add(node);
        }
        nodes.Reverse();
        return [.. nodes];
    }

    /// <summary>Names the dimensions that vary: the rows, and those of a column.</summary>
    private static object[] Dimensions(string name, IReadOnlyList<long> shape) =>
    [
        .. shape.Select((size, axis) => size switch
        {
            -1 => (object)BertGraph.Rows,
            0 => axis == 1 ? $"{name}.{BertGraph.Length}" : $"{name}.{axis}",
            _ => checked((int)size),
        }),
    ];
}
