using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Writes a decoder as an ONNX graph that keeps nothing: it computes all tokens of the texts and the keys and values of their sources, and
/// returns the scores of the last token's successor.
/// </summary>
internal sealed class WholeTextGraph
{
    public const string Tokens = "input_ids", States = "states", SourceBias = "source_bias", Causal = "causal", Scores = "scores";

    private static readonly long[] s_toHeads = [0, 2, 1, 3];

    private readonly OnnxGraph _graph = new("whole");
    private readonly GraphLayers _layers;
    private readonly BertConfig _config;
    private readonly int _hidden, _width;

    private WholeTextGraph(BertConfig config, BertWeights weights, int width)
    {
        (_config, _hidden, _width) = (config, config.HiddenSize, width);
        _layers = new GraphLayers(_graph, config, weights, unsigned: false);
    }

    /// <summary>
    /// Writes the graph. Its inputs are the texts' tokens, [texts, length], the hidden states of each text's source, [texts, source length,
    /// size], and the biases of both attentions.
    /// </summary>
    public static OnnxGraph Create(BertConfig config, BertWeights weights, int width)
    {
        var whole = new WholeTextGraph(config, weights, width);
        whole.Write();
        return whole._graph;
    }

    private void Write()
    {
        string ids = _graph.Input(Tokens, OnnxGraph.Int64), states = _graph.Input(States, OnnxGraph.Float);
        string causal = _graph.Input(Causal, OnnxGraph.Float), bias = _graph.Input(SourceBias, OnnxGraph.Float);
        string textShape = Heads(ids), sourceShape = Heads(states);
        string read = _graph.Add("Flatten", [states], ("axis", 2L));
        if (_width != _hidden)
            read = _layers.Linear(DecoderWeights.Projection, read, _width, _hidden);
        string types = _graph.Weight(CanonicalNames.TokenTypeEmbeddings, _config.TypeVocabSize, _hidden);
        string sum = _graph.Add("Add", [_layers.WordEmbeddings(ids), GraphPositions.Embeddings(_graph, _config, ids)]);
        sum = _graph.Add("Add", [sum, _graph.Add("Gather", [types, _graph.Integer(0)])]);
        string hidden = _graph.Add("Flatten", [_layers.LayerNorm("embeddings.LayerNorm", sum, _hidden)], ("axis", 2L));
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            string name = CanonicalNames.Block(layer, 0), cross = name + CanonicalNames.CrossAttention;
            hidden = After(name + "attention.output", Attend(name + "attention.self.", hidden, hidden, textShape, textShape, causal),
                hidden);
            hidden = After(cross + "output", Attend(cross + "self.", hidden, read, textShape, sourceShape, bias), hidden);
            string expanded = _layers.Activate(
                _config.Activation, _layers.Linear(name + "intermediate.dense", hidden, _hidden, _config.IntermediateSize));
            hidden = After(name + "output", expanded, hidden, _config.IntermediateSize);
        }
        string byText = _graph.Add("Concat", [_graph.Add("Shape", [ids]), _graph.Integers(_hidden)], ("axis", 0L));
        string last = _graph.Add("Gather", [_graph.Add("Reshape", [hidden, byText]), _graph.Integer(-1)], ("axis", 1L));
        _graph.Output(Scores, _layers.Apply(HeadKind.MaskedLM, last));
    }

    private string Heads(string rows) => _graph.Add("Concat",
        [_graph.Add("Shape", [rows], ("end", 2L)), _graph.Integers(_config.NumAttentionHeads, _hidden / _config.NumAttentionHeads)],
        ("axis", 0L));

    private string Attend(string name, string readers, string read, string readersShape, string readShape, string bias)
    {
        string query = Split("query", readers, readersShape, s_toHeads), key = Split("key", read, readShape, 0, 2, 3, 1);
        float scale = 1 / MathF.Sqrt((float)_hidden / _config.NumAttentionHeads);
        string scores = _graph.Add(OnnxGraph.Microsoft + "FusedMatMul", [query, key], ("alpha", scale));
        string probabilities = _graph.Add("Softmax", [_graph.Add("Add", [scores, bias])], ("axis", -1L));
        string context = _graph.Add("MatMul", [probabilities, Split("value", read, readShape, s_toHeads)]);
        return _graph.Add("Reshape", [_graph.Add("Transpose", [context], ("perm", s_toHeads)), _graph.Integers(-1, _hidden)]);

        string Split(string part, string input, string shape, params long[] permutation) => _graph.Add("Transpose",
            [_graph.Add("Reshape", [_layers.Linear(name + part, input, _hidden, _hidden), shape])], ("perm", permutation));
    }

    private string After(string name, string input, string before, int? inputs = null) => _layers.LayerNorm(
        name + ".LayerNorm", _graph.Add("Add", [_layers.Linear(name + ".dense", input, inputs ?? _hidden, _hidden), before]), _hidden);
}
