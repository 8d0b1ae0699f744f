using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>Writes the parts of a graph that depend on token positions, as defined by <see cref="EncoderShape"/>.</summary>
internal static class GraphPositions
{
    /// <summary>
    /// Writes the position embeddings: [length, hidden] if positions are counted from 0, otherwise [rows, length, hidden].
    /// </summary>
    public static string Embeddings(OnnxGraph graph, BertConfig config, string ids)
    {
        string table = graph.Weight(CanonicalNames.PositionEmbeddings, config.MaxPositionEmbeddings, config.HiddenSize);
        if (config.Shape.PaddingPosition is not { } padding)
            return graph.Add("Slice", [table, graph.Integers(0), Length(graph, ids), graph.Integers(0)]);
        string isToken = graph.Add(
            "Cast", [graph.Add("Not", [graph.Add("Equal", [ids, graph.Integer(padding)])])], ("to", (long)OnnxGraph.Int64));
        string count = graph.Add("Mul", [graph.Add("CumSum", [isToken, graph.Integer(1)]), isToken]);
        return graph.Add("Gather", [table, graph.Add("Add", [count, graph.Integer(padding)])]);
    }

    /// <summary>Writes the bias that is added to attention scores for the distance between tokens, [1, heads, length, length].</summary>
    public static string Bias(OnnxGraph graph, BertConfig config, RelativePositionBias bias, string ids)
    {
        int longest = config.MaxTokens;
        string places = graph.Add("Range", [graph.Integer(0), graph.Add("Squeeze", [Length(graph, ids)]), graph.Integer(1)]);
        string distances = graph.Add(
            "Sub", [graph.Add("Unsqueeze", [places, graph.Integers(0)]), graph.Add("Unsqueeze", [places, graph.Integers(1)])]);
        string buckets = graph.Add(
            "Gather", [graph.Integers(bias.Table(longest)), graph.Add("Add", [distances, graph.Integer(longest - 1)])]);
        string byPair = graph.Add("Gather", [graph.Weight(bias.Weight, bias.Buckets, config.NumAttentionHeads), buckets]);
        return graph.Add("Unsqueeze", [graph.Add("Transpose", [byPair], ("perm", new long[] { 2, 0, 1 })), graph.Integers(0)]);
    }

    /// <summary>Writes the number of tokens per row as a vector of one number.</summary>
    private static string Length(OnnxGraph graph, string ids) => graph.Add("Shape", [ids], ("start", 1L), ("end", 2L));
}
