using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes attention scores that combine the distance of tokens with their content; see <see cref="DisentangledAttention"/>.
/// </summary>
/// <remarks>
/// For each token, there is one score per distance, and a pair of tokens uses the score of its distance. One product computes the scores of
/// each token for all distances of a text. The resulting matrix, with a column for each distance, is then reshaped to one with a column for
/// each token: each row starts one element further in memory.
/// </remarks>
internal sealed class GraphDisentangled
{
    private readonly OnnxGraph _graph;
    private readonly GraphLayers _layers;
    private readonly DisentangledAttention _attention;
    private readonly int _hidden, _heads;
    private readonly string _table, _ascending, _descending, _length, _rows;

    /// <param name="graph">The graph to write to.</param>
    /// <param name="layers">Writes the layers of the graph.</param>
    /// <param name="config">The shape of the checkpoint.</param>
    /// <param name="attention">The attention to compute.</param>
    /// <param name="ids">The ids of the tokens.</param>
    public GraphDisentangled(OnnxGraph graph, GraphLayers layers, BertConfig config, DisentangledAttention attention, string ids)
    {
        (_graph, _layers, _attention, _hidden, _heads) = (graph, layers, attention, config.HiddenSize, config.NumAttentionHeads);
        int longest = config.MaxTokens;
        _rows = graph.Add("Shape", [ids], ("end", 1L));
        _length = graph.Add("Shape", [ids], ("start", 1L), ("end", 2L));
        string start = graph.Add("Sub", [graph.Integers(longest), _length]), end = graph.Add("Add", [graph.Integers(longest), _length]);
        // Two values per token: distances from -length to length - 1, and from length to 1 - length.
        string ascending = Slice(graph.Integers(attention.Rows(-longest, 2 * longest)), start, end, 0);
        string descending = Slice(graph.Integers([.. Enumerable.Reverse(attention.Rows(1 - longest, 2 * longest))]), start, end, 0);
        // Only the rows of the table for these distances.
        string first = Slice(ascending, graph.Integers(0), graph.Integers(1), 0);
        string last = Slice(descending, graph.Integers(0), graph.Integers(1), 0);
        string table = Slice(graph.Weight(attention.Table, 2 * attention.Span, _hidden), first,
            graph.Add("Add", [last, graph.Integers(1)]), 0);
        _table = attention.Norm is { } norm ? layers.LayerNorm(norm, table, config.HiddenSize) : table;
        (_ascending, _descending) = (graph.Add("Sub", [ascending, first]), graph.Add("Sub", [descending, first]));
    }

    /// <summary>Writes the scaled scores, [rows, heads, length, length]; returns null if there are none.</summary>
    /// <param name="name">The prefix of the names of a layer's attention.</param>
    /// <param name="queries">The queries, [rows, heads, length, size].</param>
    /// <param name="keys">The keys, [rows, heads, length, size].</param>
    /// <param name="scale">The factor of the scores.</param>
    public string? Scores(string name, string queries, string keys, float scale)
    {
        string? byQuery = _attention.ContentToPosition
            ? ByToken(queries, Distances(name + _attention.KeyProjection, _descending, scale))
            : null;
        if (!_attention.PositionToContent)
            return byQuery;
        string byKey = _graph.Add("Transpose", [ByToken(keys, Distances(name + _attention.QueryProjection, _ascending, scale))],
            ("perm", new long[] { 0, 1, 3, 2 }));
        return byQuery is null ? byKey : _graph.Add("Add", [byQuery, byKey]);
    }

    /// <summary>Applies a linear layer to each distance, and scales the result, [heads, size, 2 × length].</summary>
    private string Distances(string projection, string rows, float scale)
    {
        string projected = _graph.Add("Mul", [_layers.Linear(projection, _table, _hidden, _hidden), _graph.Scalar(scale)]);
        string heads = _graph.Add("Reshape", [projected, _graph.Integers(-1, _heads, _hidden / _heads)]);
        return _graph.Add("Gather", [_graph.Add("Transpose", [heads], ("perm", new long[] { 1, 2, 0 })), rows], ("axis", 2L));
    }

    /// <summary>
    /// Multiplies tokens by all distances, [rows, heads, length, 2 × length], and selects the score of each pair of tokens.
    /// </summary>
    private string ByToken(string tokens, string distances)
    {
        string flat = _graph.Add("Reshape", [_graph.Add("MatMul", [tokens, distances]), _graph.Integers(0, 0, -1)]);
        string shifted = Slice(flat, _length, _graph.Integers(long.MaxValue), 2);
        string shape = _graph.Add("Concat", [_rows, _graph.Integers(_heads), _length, _graph.Integers(-1)], ("axis", 0L));
        return Slice(_graph.Add("Reshape", [shifted, shape]), _graph.Integers(0), _length, 3);
    }

    private string Slice(string values, string start, string end, long axis) =>
        _graph.Add("Slice", [values, start, end, _graph.Integers(axis)]);
}
