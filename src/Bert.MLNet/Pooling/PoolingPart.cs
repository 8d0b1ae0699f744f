using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Microsoft.ML.Data;

namespace Bert.MLNet.Pooling;

/// <summary>Adds a pooling step to the graph of a pipeline.</summary>
internal static class PoolingPart
{
    /// <param name="graph">The graph of the pipeline.</param>
    /// <param name="options">The resolved options.</param>
    public static void AddTo(StepGraph graph, BertPoolingEstimator.Options options)
    {
        string? hidden = options.PoolsLastHiddenState ? graph.GetVariableName(options.InputColumnName) : null;
        string? layers = options.PoolsLayers ? graph.GetVariableName(options.HiddenStatesColumnName) : null;
        string? mask = options.AttentionMaskColumnName is { } column ? graph.GetVariableName(column) : null;
        string? ids = options.TokenWeights is null ? null : graph.GetVariableName(options.InputIdsColumnName);
        IReadOnlyList<long> shape = graph.RetrieveShapeOrNull((hidden ?? layers)!)
            ?? throw new NotSupportedException("the number of values of its hidden states is not known");
        int width = checked((int)shape[^1]);
        string vector = graph.AddIntermediateVariable(
            new VectorDataViewType(NumberDataViewType.Single, HiddenStatePooler.Size(options.Pooling, width)), options.OutputColumnName);
        graph.Add(new GraphNode(graph.Step, [.. new[] { hidden, layers, mask, ids }.OfType<string>()], [vector], file =>
        {
            string? mean = layers is null ? null : MeanOfLast(file, layers, options.NumberOfLastLayers);
            string counts = mask is null ? Ones(file, (hidden ?? mean)!) : GraphPooling.Counts(file, mask);
            string? weights = ids is null
                ? null
                : file.Add("Gather", [file.Floats([options.TokenWeights!.Count], [.. options.TokenWeights]), ids]);
            string pooled = new GraphPooling(file, counts, weights).Pool(options.Pooling, hidden, mean);
            return [options.Normalize ? GraphVectors.Normalize(file, pooled) : pooled];
        }));
    }

    /// <summary>Writes the mean of the last layers' states, [rows, tokens, width].</summary>
    private static string MeanOfLast(OnnxGraph graph, string layers, int count)
    {
        string last = graph.Add("Slice", [layers, graph.Integers(-count), graph.Integers(long.MaxValue), graph.Integers(1)]);
        return graph.Add("ReduceMean", [last, graph.Integers(1)], ("keepdims", 0L));
    }

    /// <summary>Writes a 1 for each token.</summary>
    private static string Ones(OnnxGraph graph, string hidden) =>
        graph.Add("Expand", [graph.Scalar(1), graph.Add("Shape", [hidden], ("end", 2L))]);
}
