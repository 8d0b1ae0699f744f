using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes attention for long texts in memory that grows with the length of a text instead of its square. Texts up to a limit are computed
/// at once, which is faster for them.
/// </summary>
/// <remarks>
/// Where tokens attend to a window, a text is divided into blocks of at least the window's size. Each block attends to itself and to its
/// two neighbours, within which the exact window is masked. Where they attend to all tokens, a few queries at a time are computed.
/// </remarks>
internal sealed class GraphBlocks
{
    /// <summary>The length up to which tokens that attend to all others are computed at once.</summary>
    public const int LongestWhole = 1024;

    private const int Chunk = 128;

    private readonly OnnxGraph _graph;
    private readonly Func<string, string, string> _scores;
    private readonly int _heads, _headSize;
    private readonly string _length, _bias;
    private readonly Dictionary<int, Division> _divisions = [];
    private readonly Dictionary<int, string> _isLonger = [];

    /// <summary>How the texts of a batch are divided into blocks, as values of the graph.</summary>
    /// <param name="Pads">The padding before and after keys, which adds a block at the start and a block at the end.</param>
    /// <param name="QueryPads">The padding before and after queries, which completes the last block.</param>
    /// <param name="Bias">The bias of keys, padded, [rows, heads, 1, padded length].</param>
    /// <param name="Window">The bias for keys outside of the window, [block, 3 × block].</param>
    private sealed record Division(string Pads, string QueryPads, string Bias, string Window);

    /// <param name="graph">The graph to write to.</param>
    /// <param name="config">The shape of the checkpoint.</param>
    /// <param name="ids">The ids of the tokens, [rows, length].</param>
    /// <param name="bias">The bias of keys, [rows, heads, 1, length].</param>
    /// <param name="scores">Writes the scaled product of queries and keys.</param>
    public GraphBlocks(OnnxGraph graph, BertConfig config, string ids, string bias, Func<string, string, string> scores)
    {
        (_graph, _bias, _scores) = (graph, bias, scores);
        (_heads, _headSize) = (config.NumAttentionHeads, config.HiddenSize / config.NumAttentionHeads);
        _length = GraphPositions.Length(graph, ids);
    }

    /// <summary>Writes attention, [rows, heads, length, size].</summary>
    /// <param name="window">The number of tokens on either side that tokens attend to; null for all.</param>
    /// <param name="longest">The maximum length of a text that is computed at once.</param>
    /// <param name="queries">The queries, and a 1 for the bias, [rows, heads, length, size + 1].</param>
    /// <param name="keys">The keys, [rows, heads, size, length].</param>
    /// <param name="values">The values, [rows, heads, length, size].</param>
    /// <param name="whole">Writes the same for short texts.</param>
    public string Attend(int? window, int longest, string queries, string keys, string values, Func<string> whole)
    {
        object[] shape = [BertGraph.Rows, _heads, BertGraph.Length, _headSize];
        if (!_isLonger.TryGetValue(longest, out string? isLonger))
            _isLonger.Add(longest, isLonger = _graph.Add("Greater", [_graph.Add("Squeeze", [_length]), _graph.Integer(longest)]));
        if (window is not { } near)
            return _graph.If(isLonger, () => InChunks(queries, keys, values), whole, shape);
        if (!_divisions.TryGetValue(near, out Division? division))
            _divisions.Add(near, division = Divide(near));
        return _graph.If(isLonger, () => InBlocks(division, LocalAttention.Block(near), queries, keys, values), whole, shape);
    }

    private Division Divide(int window)
    {
        int block = LocalAttention.Block(window);
        string missing = Missing(block);
        string pads = Concat(_graph.Integers(block), _graph.Add("Add", [missing, _graph.Integers(block)]));
        return new Division(
            pads,
            Concat(_graph.Integers(0), missing),
            Pad(_bias, pads, 3, float.MinValue),
            GraphPositions.Window(_graph, window, GraphPositions.Range(_graph, _graph.Integer(block), _graph.Integer(2 * block)),
                GraphPositions.Range(_graph, _graph.Integer(0), _graph.Integer(3 * block))));
    }

    /// <summary>The number of tokens that complete the last block of a text.</summary>
    private string Missing(int block)
    {
        string remainder = _graph.Add("Mod", [_length, _graph.Integers(block)]);
        return _graph.Add("Mod", [_graph.Add("Sub", [_graph.Integers(block), remainder]), _graph.Integers(block)]);
    }

    private string InBlocks(Division division, int block, string queries, string keys, string values)
    {
        string biased = _graph.Add("Concat", [Pad(keys, division.Pads, 3), division.Bias], ("axis", 2L));
        string near = WithNeighbours(_graph.Add("Reshape", [biased, _graph.Integers(0, 0, 0, -1, block)]), 3);
        string nearKeys = _graph.Add("Transpose", [near], ("perm", new long[] { 0, 1, 3, 2, 4 }));
        string nearValues = WithNeighbours(Divided(values, division.Pads, block, _headSize), 2);
        string scores = _scores(Divided(queries, division.QueryPads, block, _headSize + 1), nearKeys);
        string probabilities = _graph.Add("Softmax", [_graph.Add("Add", [scores, division.Window])], ("axis", -1L));
        return Joined(_graph.Add("MatMul", [probabilities, nearValues]));
    }

    private string InChunks(string queries, string keys, string values)
    {
        string biased = _graph.Add("Concat", [keys, _bias], ("axis", 2L));
        string pads = Concat(_graph.Integers(0), Missing(Chunk));
        return Joined(_graph.Scan(Divided(queries, pads, Chunk, _headSize + 1), 2, chunk => _graph.Add(
            "MatMul", [_graph.Add("Softmax", [_scores(chunk, biased)], ("axis", -1L)), values]),
            [BertGraph.Rows, _heads, Chunk, _headSize + 1], [BertGraph.Rows, _heads, Chunk, _headSize]));
    }

    /// <summary>Divides the values of tokens, [rows, heads, length, size], into blocks, [rows, heads, blocks, block, size].</summary>
    private string Divided(string values, string pads, int block, int size) =>
        _graph.Add("Reshape", [Pad(values, pads, 2), _graph.Integers(0, 0, -1, block, size)]);

    /// <summary>Joins blocks of tokens without their padding, [rows, heads, length, size].</summary>
    private string Joined(string blocks) =>
        Slice(_graph.Add("Reshape", [blocks, _graph.Integers(0, 0, -1, _headSize)]), _graph.Integers(0), _length, 2);

    /// <summary>Joins each block with the one before and the one after along the next axis. The first and last block are omitted.</summary>
    private string WithNeighbours(string blocks, int axis) => _graph.Add("Concat",
    [
        Slice(blocks, _graph.Integers(0), _graph.Integers(-2), axis),
        Slice(blocks, _graph.Integers(1), _graph.Integers(-1), axis),
        Slice(blocks, _graph.Integers(2), _graph.Integers(long.MaxValue), axis),
    ], ("axis", axis + 1L));

    private string Pad(string values, string pads, int axis, float value = 0) =>
        _graph.Add("Pad", [values, pads, _graph.Scalar(value), _graph.Integers(axis)]);

    private string Slice(string values, string start, string end, int axis) =>
        _graph.Add("Slice", [values, start, end, _graph.Integers(axis)]);

    private string Concat(string one, string other) => _graph.Add("Concat", [one, other], ("axis", 0L));
}
