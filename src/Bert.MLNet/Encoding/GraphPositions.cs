using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>Writes the parts of a graph that depend on token positions, as defined by <see cref="EncoderShape"/>.</summary>
internal static class GraphPositions
{
    // Low enough to vanish after softmax, and far enough from the lowest float that the padding mask can be added.
    private const float Unseen = -1e30f;

    /// <summary>Writes the position embeddings: [length, width] if positions are counted from 0, otherwise [rows, length, width].</summary>
    public static string Embeddings(OnnxGraph graph, BertConfig config, string ids)
    {
        string table = graph.Weight(CanonicalNames.PositionEmbeddings, config.MaxPositionEmbeddings, config.EmbeddingWidth);
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
        string places = Places(graph, ids), distances = Distances(graph, places, places);
        string buckets = graph.Add(
            "Gather", [graph.Integers(RelativePositionBias.Table(longest)), graph.Add("Add", [distances, graph.Integer(longest - 1)])]);
        string byPair = graph.Add("Gather", [graph.Weight(bias.Weight, bias.Rows, config.NumAttentionHeads), buckets]);
        return graph.Add("Unsqueeze", [graph.Add("Transpose", [byPair], ("perm", new long[] { 2, 0, 1 })), graph.Integers(0)]);
    }

    /// <summary>
    /// Writes the bias of attention scores for a window, [queries, keys]. The bias is 0 for keys that a token attends to, otherwise very
    /// low.
    /// </summary>
    /// <param name="graph">The graph to write to.</param>
    /// <param name="window">The number of tokens on either side that a token attends to.</param>
    /// <param name="queries">The positions of the queries.</param>
    /// <param name="keys">The positions of the keys.</param>
    public static string Window(OnnxGraph graph, int window, string queries, string keys)
    {
        string isNear = graph.Add("LessOrEqual", [graph.Add("Abs", [Distances(graph, queries, keys)]), graph.Integer(window)]);
        return graph.Add("Where", [isNear, graph.Scalar(0), graph.Scalar(Unseen)]);
    }

    /// <summary>Writes the position of each token in its row, [length], of the first ones only if there is a limit.</summary>
    public static string Places(OnnxGraph graph, string ids, int? limit = null)
    {
        string length = graph.Add("Squeeze", [Length(graph, ids)]);
        return Range(graph, graph.Integer(0), limit is { } most ? graph.Add("Min", [length, graph.Integer(most)]) : length);
    }

    /// <summary>Writes the positions from a first one up to the one before an end.</summary>
    public static string Range(OnnxGraph graph, string first, string end) => graph.Add("Range", [first, end, graph.Integer(1)]);

    /// <summary>Writes the position of each key minus that of each query, [queries, keys].</summary>
    private static string Distances(OnnxGraph graph, string queries, string keys) =>
        graph.Add("Sub", [graph.Add("Unsqueeze", [keys, graph.Integers(0)]), graph.Add("Unsqueeze", [queries, graph.Integers(1)])]);

    /// <summary>Writes the number of tokens per row as a vector with one element.</summary>
    public static string Length(OnnxGraph graph, string ids) => graph.Add("Shape", [ids], ("start", 1L), ("end", 2L));
}
