using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes the two ONNX graphs of a decoder: one computes the keys and values of sources, once, and the other a step, which adds a token to
/// each text. A step reads the keys and values of the earlier tokens and returns them with those of the new one.
/// </summary>
/// <remarks>
/// In a step, all sources have the same number of texts, one after another. The texts of a source share its keys and values, which are not
/// copied for each. The weights are named as in <see cref="BertWeights"/>.
/// </remarks>
internal sealed class DecoderGraph
{
    /// <summary>The inputs of a step, each with a number for every text: its last token, its position, and the text it continues.</summary>
    public const string Tokens = "input_ids", Places = "position_ids", Parents = "parents";

    /// <summary>The bias of the attention to tokens of sources, [sources, 1, 1, length].</summary>
    public const string SourceBias = "source_bias";

    /// <summary>The inputs of the other graph: hidden states, [rows, length, size], and the row of each source.</summary>
    public const string States = "encoder_hidden_states", Rows = "rows";

    private readonly OnnxGraph _graph;
    private readonly GraphLayers _layers;
    private readonly BertConfig _config;
    private readonly List<string> _outputs = [], _attention = [];
    private readonly int _hidden, _heads, _size;

    private DecoderGraph(BertConfig config, BertWeights weights, string name, bool unsigned)
    {
        _graph = new OnnxGraph(name);
        _layers = new GraphLayers(_graph, config, weights, unsigned);
        (_config, _hidden, _heads) = (config, config.HiddenSize, config.NumAttentionHeads);
        _size = _hidden / _heads;
    }

    /// <summary>The names of the keys and values of a layer's earlier tokens, or of its source.</summary>
    public static (string Keys, string Values) Kept(int layer, bool ofSource) => ofSource
        ? ($"source_keys.{layer}", $"source_values.{layer}")
        : ($"past_keys.{layer}", $"past_values.{layer}");

    /// <summary>Writes the graph of sources.</summary>
    /// <param name="config">The decoder's config.</param>
    /// <param name="weights">The decoder's weights.</param>
    /// <param name="width">The size of the encoder's hidden states.</param>
    /// <param name="unsigned">Whether to multiply int8 weights as unsigned bytes; see <see cref="IntegerProducts"/>.</param>
    /// <returns>The graph and the names of its outputs: for each layer, keys [sources, heads, size, length] and values [sources, heads,
    /// length, size].</returns>
    public static (OnnxGraph Graph, IReadOnlyList<string> Outputs) OfSources(
        BertConfig config, BertWeights weights, int width, bool unsigned)
    {
        var graph = new DecoderGraph(config, weights, "sources", unsigned);
        graph.WriteSources(width);
        return (graph._graph, graph._outputs);
    }

    /// <summary>Writes the graph of a step.</summary>
    /// <param name="config">The decoder's config.</param>
    /// <param name="weights">The decoder's weights.</param>
    /// <param name="unsigned">Whether to multiply int8 weights as unsigned bytes; see <see cref="IntegerProducts"/>.</param>
    /// <param name="attends">Whether the attention to sources is an output.</param>
    /// <returns>The graph and the names of its outputs: scores [texts, vocabulary]; for each layer, keys and values [texts, heads, tokens,
    /// size]; and, for each layer, the attention to sources [sources, heads, texts of a source, length].</returns>
    public static (OnnxGraph Graph, IReadOnlyList<string> Outputs) OfStep(
        BertConfig config, BertWeights weights, bool unsigned, bool attends)
    {
        var graph = new DecoderGraph(config, weights, "step", unsigned);
        graph.WriteStep();
        if (attends)
            graph._attention.ForEach(graph.Publish);
        return (graph._graph, graph._outputs);
    }

    private void WriteSources(int width)
    {
        string states = _graph.Add("Gather", [_graph.Input(States, OnnxGraph.Float), _graph.Input(Rows, OnnxGraph.Int64)], ("axis", 0L));
        string tokens = _graph.Add("Flatten", [states], ("axis", 2L));
        if (width != _hidden)
            tokens = _layers.Linear(DecoderWeights.Projection, tokens, width, _hidden);
        string shape = _graph.Add(
            "Concat", [_graph.Add("Shape", [states], ("end", 2L)), _graph.Integers(_heads, _size)], ("axis", 0L));
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            string name = CanonicalNames.Block(layer, 0) + CanonicalNames.CrossAttention + "self.";
            Publish(Split("key", 0, 2, 3, 1));
            Publish(Split("value", 0, 2, 1, 3));

            string Split(string part, params long[] permutation) => _graph.Add(
                "Transpose", [_graph.Add("Reshape", [Linear(name + part, tokens), shape])], ("perm", permutation));
        }
    }

    private void WriteStep()
    {
        string ids = _graph.Input(Tokens, OnnxGraph.Int64), places = _graph.Input(Places, OnnxGraph.Int64);
        string parents = _graph.Input(Parents, OnnxGraph.Int64), bias = _graph.Input(SourceBias, OnnxGraph.Float);
        string sources = _graph.Add("Concat",
            [_graph.Add("Shape", [bias], ("end", 1L)), _graph.Integers(-1, _heads, _size)], ("axis", 0L));
        string hidden = Embeddings(ids, places);
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            string name = CanonicalNames.Block(layer, 0), cross = name + CanonicalNames.CrossAttention;
            hidden = Added(name + "attention.output", SelfAttention(name + "attention.self.", layer, hidden, parents), hidden, _hidden);
            hidden = Added(cross + "output", CrossAttention(cross + "self.query", layer, hidden, sources, bias), hidden, _hidden);
            string expanded = _layers.Activate(
                _config.Activation, _layers.Linear(name + "intermediate.dense", hidden, _hidden, _config.IntermediateSize));
            hidden = Added(name + "output", expanded, hidden, _config.IntermediateSize);
        }
        string scores = _layers.Apply(HeadKind.MaskedLM, hidden);
        _graph.Publish(scores);
        _outputs.Insert(0, scores);
    }

    private string Embeddings(string ids, string places)
    {
        string sum = _graph.Add("Add", [_layers.WordEmbeddings(ids), _graph.Add("Gather",
            [_graph.Weight(CanonicalNames.PositionEmbeddings, _config.MaxPositionEmbeddings, _hidden), places])]);
        string types = _graph.Weight(CanonicalNames.TokenTypeEmbeddings, _config.TypeVocabSize, _hidden);
        return _layers.LayerNorm(
            "embeddings.LayerNorm", _graph.Add("Add", [sum, _graph.Add("Gather", [types, _graph.Integer(0)])]), _hidden);
    }

    /// <summary>A dense layer, added to what it continues and normalized.</summary>
    private string Added(string name, string input, string residual, int inputs) => _layers.LayerNorm(
        name + ".LayerNorm", _graph.Add("Add", [_layers.Linear(name + ".dense", input, inputs, _hidden), residual]), _hidden);

    private string SelfAttention(string name, int layer, string hidden, string parents)
    {
        (string pastKeys, string pastValues) = Kept(layer, ofSource: false);
        string keys = Extended(pastKeys, "key"), values = Extended(pastValues, "value");
        string scores = _graph.Add(
            OnnxGraph.Microsoft + "FusedMatMul", [Heads("query"), keys], ("alpha", Scale), ("transB", 1L));
        string context = _graph.Add("MatMul", [_graph.Add("Softmax", [scores], ("axis", -1L)), values]);
        return _graph.Add("Reshape", [context, _graph.Integers(-1, _hidden)]);

        // Each text continues another one of the step before, or itself.
        string Extended(string past, string part)
        {
            string earlier = _graph.Add("Gather", [_graph.Input(past, OnnxGraph.Float), parents], ("axis", 0L));
            string all = _graph.Add("Concat", [earlier, Heads(part)], ("axis", 2L));
            Publish(all);
            return all;
        }

        string Heads(string part) =>
            _graph.Add("Reshape", [Linear(name + part, hidden), _graph.Integers(-1, _heads, 1, _size)]);
    }

    private string CrossAttention(string query, int layer, string hidden, string shape, string bias)
    {
        (string keysName, string valuesName) = Kept(layer, ofSource: true);
        string keys = _graph.Input(keysName, OnnxGraph.Float), values = _graph.Input(valuesName, OnnxGraph.Float);
        long[] exchanged = [0, 2, 1, 3];
        string queries = _graph.Add("Transpose", [_graph.Add("Reshape", [Linear(query, hidden), shape])], ("perm", exchanged));
        string scores = _graph.Add(OnnxGraph.Microsoft + "FusedMatMul", [queries, keys], ("alpha", Scale));
        string probabilities = _graph.Add("Softmax", [_graph.Add("Add", [scores, bias])], ("axis", -1L));
        _attention.Add(probabilities);
        string context = _graph.Add("Transpose", [_graph.Add("MatMul", [probabilities, values])], ("perm", exchanged));
        return _graph.Add("Reshape", [context, _graph.Integers(-1, _hidden)]);
    }

    private float Scale => 1 / MathF.Sqrt(_size);

    private string Linear(string name, string input) => _layers.Linear(name, input, _hidden, _hidden);

    private void Publish(string value)
    {
        _graph.Publish(value);
        _outputs.Add(value);
    }
}
