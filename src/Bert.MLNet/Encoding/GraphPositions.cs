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
        string distances = Distances(graph, Places(graph, ids));
        string buckets = graph.Add(
            "Gather", [graph.Integers(bias.Table(longest)), graph.Add("Add", [distances, graph.Integer(longest - 1)])]);
        string byPair = graph.Add("Gather", [graph.Weight(bias.Weight, bias.Buckets, config.NumAttentionHeads), buckets]);
        return graph.Add("Unsqueeze", [graph.Add("Transpose", [byPair], ("perm", new long[] { 2, 0, 1 })), graph.Integers(0)]);
    }

    /// <summary>
    /// Writes the bias of attention scores for a window, [1, 1, length, length]. The bias is 0 for keys that a token attends to, otherwise
    /// very low.
    /// </summary>
    /// <param name="graph">The graph to write to.</param>
    /// <param name="window">The number of tokens on either side that a token attends to.</param>
    /// <param name="ids">The ids of the tokens.</param>
    public static string Window(OnnxGraph graph, int window, string ids)
    {
        string isNear = graph.Add("LessOrEqual", [graph.Add("Abs", [Distances(graph, Places(graph, ids))]), graph.Integer(window)]);
        return graph.Add("Unsqueeze", [graph.Add("Where", [isNear, graph.Scalar(0), graph.Scalar(Unseen)]), graph.Integers(0, 1)]);
    }

    /// <summary>Writes the position of each token in its row, [length].</summary>
    public static string Places(OnnxGraph graph, string ids) =>
        graph.Add("Range", [graph.Integer(0), graph.Add("Squeeze", [Length(graph, ids)]), graph.Integer(1)]);

    /// <summary>Writes the position of each key minus that of each query, [length, length].</summary>
    private static string Distances(OnnxGraph graph, string places) =>
        graph.Add("Sub", [graph.Add("Unsqueeze", [places, graph.Integers(0)]), graph.Add("Unsqueeze", [places, graph.Integers(1)])]);

    /// <summary>Writes the number of tokens per row as a vector with one element.</summary>
    private static string Length(OnnxGraph graph, string ids) => graph.Add("Shape", [ids], ("start", 1L), ("end", 2L));
}
