using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes an encoder and its heads as an ONNX graph, from its config. Files have standard operators, because ONNX Runtime's optimizer fuses
/// them better than larger manual fusions. Sessions of this library directly use the result of that optimizer, and open without it.
/// </summary>
/// <remarks>
/// Between the layers, hidden states are a matrix of all tokens, [rows × length, hidden], so that a linear layer is one <c>Gemm</c> with
/// weights in the layout of checkpoints, [outputs, inputs], whose memory can be shared instead of transposed. The weights are named as in
/// <see cref="BertWeights"/>; for int8 weights, see <see cref="QuantizedLayers"/>.
/// </remarks>
internal sealed partial class BertGraph
{
    /// <summary>The names of dimensions.</summary>
    public const string Rows = "batch", Length = "sequence";

    private const string Positions = "positions";

    private readonly OnnxGraph _graph;
    private readonly BertConfig _config;
    private readonly EncoderShape _shape;
    private readonly GraphLayers _layers;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly Tokens _lastLayersTokens;
    private readonly string _size;
    private readonly string _rows;
    private readonly string _tokenShape;
    private readonly string _headsShape;
    private readonly string _ones;
    private readonly string _bias;
    private readonly string? _positionBias;
    private readonly GraphRotation _rotation;
    private readonly GraphDisentangled? _disentangled;
    private readonly float _scale;
    private readonly string _ids;
    private readonly string _mask;
    private readonly Dictionary<(int Window, int? Limit, bool First), string> _windows = [];
    private readonly List<string> _hiddenStates = [];
    private readonly Dictionary<int, string> _attentions = [];
    private readonly HashSet<int> _attentionOutputs;
    private GraphBlocks? _blocks;
    private int _attentionCount;

    /// <summary>The tokens of a batch that the last layer computes: only those that the outputs need.</summary>
    private enum Tokens
    {
        /// <summary>All tokens, as a matrix of [rows × length, hidden].</summary>
        All,

        /// <summary>The first token of each row, [rows, hidden].</summary>
        First,

        /// <summary>The requested tokens, [positions, hidden].</summary>
        Masked,
    }

    private BertGraph(OnnxGraph graph, BertConfig config, EncoderOutputSet outputs, BertWeights weights, bool unsigned)
    {
        _graph = graph;
        _layers = new GraphLayers(_graph, config, weights, unsigned);
        _config = config;
        _shape = config.Shape;
        _hidden = config.HiddenSize;
        _headSize = config.HiddenSize / config.NumAttentionHeads;
        _lastLayersTokens = outputs.All(ReadsFirstToken) ? Tokens.First
            : outputs.All(output => output.Kind == EncoderOutputKind.MaskedWordLogits) ? Tokens.Masked
            : Tokens.All;

        string ids = Input(EncoderInput.InputIds, Rows, Length);
        _ids = ids;
        _mask = Input(EncoderInput.AttentionMask, Rows, Length);
        _bias = AttentionBias(_mask);
        _size = _graph.Add("Shape", [ids]);
        _rows = _graph.Add("Shape", [ids], ("end", 1L));
        _ones = Ones(_graph.Add("Shape", [ids], ("start", 1L)));
        _tokenShape = Concat(_size, _hidden);
        _headsShape = Concat(_size, config.NumAttentionHeads, _headSize);
        _positionBias = _shape.PositionBias is { } positionBias ? GraphPositions.Bias(_graph, _config, positionBias, ids) : null;

        _rotation = new GraphRotation(_graph, ids, _headSize);
        _disentangled = _shape.Disentangled is { } disentangled ? new GraphDisentangled(_graph, _layers, _config, disentangled, ids) : null;
        _scale = MathF.Sqrt(_headSize * _shape.ScoreScale);
        _attentionOutputs = [.. outputs.Where(output => output.Kind == EncoderOutputKind.Attentions).Select(output => output.Layer)];

        _hiddenStates.Add(Embeddings(ids));
        int layers = outputs.Max(output => output.Kind switch
        {
            EncoderOutputKind.HiddenStates => output.Layer,
            EncoderOutputKind.Attentions => output.Layer / _shape.BlocksPerLayer + 1,
            _ => config.NumHiddenLayers,
        });
        for (int layer = 0; layer < layers; layer++)
            _hiddenStates.Add(Layer(layer, _hiddenStates[layer], layer < layers - 1 ? Tokens.All : _lastLayersTokens));
        foreach (EncoderOutput output in outputs)
            Output(output);
    }

    /// <summary>
    /// Writes the graph with the given outputs, which the config must support, with only the layers and last-layer tokens that they need.
    /// </summary>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="weights">The checkpoint's weights.</param>
    /// <param name="standsAlone">Whether to write the weights into the graph; otherwise they are only declared.</param>
    /// <param name="unsigned">Whether to multiply int8 weights as unsigned bytes; see <see cref="IntegerProducts"/>.</param>
    /// <param name="halves">Whether to store matrices in half precision; see <see cref="BertOnnxPrecision.Float16"/>.</param>
    public static OnnxGraph Create(
        BertConfig config, EncoderOutputSet outputs, BertWeights weights, bool standsAlone = true, bool unsigned = false,
        bool halves = false) =>
        new BertGraph(new OnnxGraph("bert", standsAlone ? weights : null, halves), config, outputs, weights, unsigned)._graph;

    /// <summary>Writes an encoder as a part of a larger graph, and returns the values of its outputs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="config">The checkpoint's shape.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="weights">The checkpoint's weights.</param>
    /// <param name="tokens">The values of its inputs by name.</param>
    public static IReadOnlyDictionary<EncoderOutput, string> AddTo(
        OnnxGraph graph, BertConfig config, EncoderOutputSet outputs, BertWeights weights, IReadOnlyDictionary<string, string> tokens)
    {
        IReadOnlyDictionary<string, string> values = graph.AddPart(
            weights, tokens, () => _ = new BertGraph(graph, config, outputs, weights, unsigned: false));
        return outputs.ToDictionary(output => output, output => values[output.Name]);
    }

    // Sessions of this library are not given shapes. From them, ONNX Runtime would infer the shapes of all values, and for each value
    // search all earlier ones for memory of the same size.
    // This takes time that grows with the square of the graph, for memory that it then holds from layer to layer.
    private string Input(string name, params ReadOnlySpan<object> dimensions) =>
        _graph.Input(name, OnnxGraph.Int64, _graph.StandsAlone ? dimensions : []);

    /// <summary>Reshapes values of tokens, [rows, length, …], to the matrix of all tokens.</summary>
    private string Matrix(string tokens) => _graph.Add("Flatten", [tokens], ("axis", 2L));

    /// <summary>Reshapes the matrix of all tokens to [rows, length, hidden].</summary>
    private string ByRow(string matrix) => _graph.Add("Reshape", [matrix, _tokenShape]);

    /// <summary>Selects the first token of each row from the matrix of all tokens, [rows, hidden].</summary>
    private string First(string matrix) => _graph.Add("Gather", [ByRow(matrix), _graph.Integer(0)], ("axis", 1L));

    private string Layer(int layer, string input, Tokens tokens)
    {
        int stored = _shape.StoredLayer(layer, _config.NumHiddenLayers), last = _shape.BlocksPerLayer - 1;
        bool isConvolved = layer == 0 && _shape.Convolution is not null;
        string output = input;
        for (int block = 0; block <= last; block++)
            output = Block(layer, CanonicalNames.Block(stored, block), output, block == last && !isConvolved ? tokens : Tokens.All);
        if (!isConvolved)
            return output;
        output = _layers.Convolve(_shape.Convolution!, input, output, _mask, _tokenShape);
        return tokens switch
        {
            Tokens.First => First(output),
            Tokens.Masked => Masked(output),
            _ => output,
        };
    }

    private string Block(int layer, string name, string input, Tokens tokens)
    {
        (string attentionNorm, string norm) = (name + "attention.output.LayerNorm", name + "output.LayerNorm");
        bool isFirst = _shape.NormalizesFirst;
        string read = isFirst && _shape.HasAttentionNorm(layer) ? _layers.LayerNorm(attentionNorm, input, _hidden) : input;
        // The mask applies to keys, for every query.
        bool queriesFirst = tokens == Tokens.First && _disentangled is null;
        string queries = queriesFirst ? First(read) : read;
        if (tokens == Tokens.First)
            input = read == input && queriesFirst ? queries : First(input);
        string context = Attention(layer, name + "attention.self.", queries, read, queriesFirst ? Tokens.First : Tokens.All);
        if (tokens == Tokens.First && !queriesFirst)
            context = First(context);
        if (tokens == Tokens.Masked)
            (input, context) = (Masked(input), Masked(context));
        string attended = _layers.Linear(name + "attention.output.dense", context, _hidden, _hidden, _shape.AttentionHasBias);
        string middle = _graph.Add("Add", [attended, input]);
        if (isFirst)
            return _graph.Add("Add", [FeedForward(name, _layers.LayerNorm(norm, middle, _hidden)), middle]);
        middle = _layers.LayerNorm(attentionNorm, middle, _hidden);
        return _layers.LayerNorm(norm, _graph.Add("Add", [FeedForward(name, middle), middle]), _hidden);
    }

    private string FeedForward(string name, string input)
    {
        string expanded = _layers.Activate(_config.Activation, Expand("intermediate.dense"));
        if (_shape.HasGate)
            expanded = _graph.Add("Mul", [expanded, Expand("intermediate.gate")]);
        return _layers.Linear(name + "output.dense", expanded, _config.IntermediateSize, _hidden, _shape.FeedForwardHasBias);

        string Expand(string part) => _layers.Linear(name + part, input, _hidden, _config.IntermediateSize, _shape.FeedForwardHasBias);
    }

    // The bias is an additional factor in the product of queries and keys. Adding it afterwards would be another pass over the [length,
    // length] scores of each head, which for a long text takes as long as the product.
    private string Attention(int layer, string name, string queries, string input, Tokens tokens)
    {
        int number = _attentionCount++;
        // What stands at position 0 is not turned.
        double? rotaryBase = _shape.RotaryBase(layer);
        (string heads, string ones) = tokens == Tokens.First
            ? (_graph.Add("Reshape", [
                _layers.Linear(name + "query", queries, _hidden, _hidden, _shape.AttentionHasBias),
                Concat(_rows, _config.NumAttentionHeads, 1, _headSize)]), Ones(_graph.Integers(1)))
            : (Heads(name + "query", queries, rotaryBase, 0, 2, 1, 3), _ones);
        string query = _graph.Add("Concat", [heads, ones], ("axis", 3L));
        string? keys = _disentangled is null ? null : Heads(name + "key", input, rotaryBase, 0, 2, 1, 3);
        string turnedKeys = keys is null
            ? Heads(name + "key", input, rotaryBase, 0, 2, 3, 1)
            : _graph.Add("Transpose", [keys], ("perm", new long[] { 0, 1, 3, 2 }));
        string value = Heads(name + "value", input, null, 0, 2, 1, 3);
        int? window = _shape.Window(layer), longest = tokens == Tokens.First ? null : LongestWhole(layer, number);
        string? near = window is { } size ? Window(size, longest, tokens == Tokens.First) : null;
        string context = longest is { } limit
            ? (_blocks ??= new GraphBlocks(_graph, _config, _ids, _bias, Scores)).Attend(window, limit, query, turnedKeys, value, Whole)
            : Whole();
        return Matrix(_graph.Add("Transpose", [context], ("perm", new long[] { 0, 2, 1, 3 })));

        string Whole()
        {
            string scores = Scores(query, _graph.Add("Concat", [turnedKeys, _bias], ("axis", 2L)));
            if (keys is not null && _disentangled!.Scores(name, heads, keys, 1 / _scale) is { } distances)
                scores = _graph.Add("Add", [scores, distances]);
            if (_positionBias is { } positions)
                scores = _graph.Add("Add",
                    [scores, tokens == Tokens.First
                    ? _graph.Add("Slice", [positions, _graph.Integers(0), _graph.Integers(1), _graph.Integers(2)])
                    : positions]);
            if (near is not null)
                scores = _graph.Add("Add", [scores, near]);
            string probabilities = _graph.Add("Softmax", [scores], ("axis", -1L));
            _attentions[number] = probabilities;
            return _graph.Add("MatMul", [probabilities, value]);
        }
    }

    /// <summary>
    /// Returns the length above which a layer computes attention in blocks; null if it never does, because no text is that long, or because
    /// all its probabilities or scores of distances are needed.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="number">The number of the attention, of which a layer can have several.</param>
    private int? LongestWhole(int layer, int number)
    {
        int longest = _shape.Window(layer) is { } window ? LocalAttention.LongestWhole(window) : GraphBlocks.LongestWhole;
        bool isWhole = _attentionOutputs.Contains(number) || _positionBias is not null || _disentangled is not null;
        return isWhole || _config.MaxTokens <= longest ? null : longest;
    }

    /// <summary>What a layer adds to the scores of texts up to a limit for keys that are too far away, [queries, keys].</summary>
    private string Window(int window, int? limit, bool first)
    {
        if (!_windows.TryGetValue((window, limit, first), out string? bias))
        {
            string keys = GraphPositions.Places(_graph, _ids, limit);
            string queries = first ? GraphPositions.Range(_graph, _graph.Integer(0), _graph.Integer(1)) : keys;
            _windows.Add((window, limit, first), bias = GraphPositions.Window(_graph, window, queries, keys));
        }
        return bias;
    }

    /// <summary>Writes the scaled product of queries and keys.</summary>
    private string Scores(string query, string key) => _graph.StandsAlone
        ? _graph.Add("Div", [_graph.Add("MatMul", [query, key]), _graph.Scalar(_scale)])
        : _graph.Add(OnnxGraph.Microsoft + "FusedMatMul", [query, key], ("alpha", 1 / _scale));

    /// <summary>
    /// A linear layer whose outputs are divided among the heads and rotated by their positions: [rows, length, heads, size], permuted.
    /// </summary>
    private string Heads(string name, string input, double? rotaryBase, params long[] permutation)
    {
        string heads = _graph.Add("Reshape", [_layers.Linear(name, input, _hidden, _hidden, _shape.AttentionHasBias), _headsShape]);
        return _graph.Add("Transpose", [rotaryBase is { } known ? _rotation.Turn(heads, known) : heads], ("perm", permutation));
    }

    /// <summary>Adds a computed shape with known dimensions.</summary>
    private string Concat(string shape, params ReadOnlySpan<long> dimensions) =>
        _graph.Add("Concat", [shape, _graph.Integers(dimensions)], ("axis", 0L));
}
