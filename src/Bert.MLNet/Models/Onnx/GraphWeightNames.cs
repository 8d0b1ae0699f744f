using System.Globalization;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>Recognizes the weights in a graph of PyTorch, Optimum, ONNX Runtime's optimizer or this library.</summary>
internal sealed class GraphWeightNames
{
    private const string Attention = "com.microsoft.Attention", Weight = ".weight", Bias = ".bias";

    private readonly OnnxModel _graph;
    private readonly ModelFamily _family;
    private readonly HashSet<string> _expected;
    private readonly string _prefix;
    private readonly Dictionary<string, string> _ofBias;
    private readonly Dictionary<string, OnnxWeight> _found = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tensors;

    /// <param name="graph">The graph.</param>
    /// <param name="config">The config of the checkpoint.</param>
    /// <param name="expected">The canonical names of the weights that the checkpoint can use.</param>
    public GraphWeightNames(OnnxModel graph, BertConfig config, HashSet<string> expected)
    {
        (_graph, _family, _expected) = (graph, config.Family, expected);
        string words = _family.Names.ToFile(CanonicalNames.WordEmbeddings);
        _prefix = graph.Weights.Keys.Where(name => name.EndsWith("." + words, StringComparison.Ordinal))
            .Select(name => name[..^words.Length]).FirstOrDefault("");
        _ofBias = ExpectedTensors.HeadLayers(config).Select(head => head.Layer).Where(layer => layer.Bias is not null)
            .DistinctBy(layer => layer.Bias).ToDictionary(layer => layer.Bias!, layer => layer.Weight);
        foreach (GraphMatrix matrix in new GraphMatrices(graph).All())
        {
            IEnumerable<string> names = matrix.Names.Select(Canonical).Concat(matrix.Biases.Select(OfBias));
            if (names.FirstOrDefault(name => IsExpected(name) && !IsOther(name, matrix.Weight)) is { } name)
                _found[name] = matrix.Weight;
        }
        AddFusedAttention();
        foreach ((string name, OnnxWeight weight) in graph.Weights)
            Add(Canonical(name), weight);
        AddTable("input_ids", CanonicalNames.WordEmbeddings);
        AddTable("token_type_ids", CanonicalNames.TokenTypeEmbeddings);
        _tensors = [.. _found.Keys.SelectMany(FusedTensors.Parts)];
    }

    /// <summary>
    /// The weights that were recognized, by canonical name. One can stand for several tensors, see <see cref="FusedTensors"/>.
    /// </summary>
    public IReadOnlyDictionary<string, OnnxWeight> Found => _found;

    /// <summary>Whether a tensor was recognized, alone or as a part of a fused one.</summary>
    public bool Has(string name) => _tensors.Contains(name);

    private string Canonical(string name)
    {
        if (_expected.Contains(name))
            return name;
        string canonical = CanonicalNames.Of(name, _prefix, _family);
        return canonical == CanonicalNames.DecoderLayer + Bias ? CanonicalNames.DecoderBias : canonical;
    }

    /// <summary>Returns the canonical name of the matrix before a bias.</summary>
    private string OfBias(string bias)
    {
        string name = Canonical(bias);
        return _ofBias.GetValueOrDefault(name)
            ?? (name.EndsWith(Bias, StringComparison.Ordinal) ? name[..^Bias.Length] + Weight : "");
    }

    private bool IsExpected(string name) => FusedTensors.Parts(name).Any(_expected.Contains);

    private bool IsOther(string name, OnnxWeight weight) => _found.TryGetValue(name, out OnnxWeight? other) && other != weight;

    private void Add(string name, OnnxWeight weight)
    {
        if (IsExpected(name))
            _found.TryAdd(name, weight);
    }

    // ONNX Runtime's optimizer joins the matrices of queries, keys and values, and drops their names. The nodes are in the order of layers.
    private void AddFusedAttention()
    {
        int layer = 0;
        foreach (OnnxNode node in _graph.Nodes.Where(node => node.Operator == Attention))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{CanonicalNames.Layer}{layer++}.{FusedTensors.QueryKeyValue}");
            if (_graph.Weights.TryGetValue(node.Input(1), out OnnxWeight? weight) && weight.Shape.Length == 2)
                Add(name + Weight, weight.Transposed);
            if (_graph.Weights.TryGetValue(node.Input(2), out OnnxWeight? bias))
                Add(name + Bias, bias);
        }
    }

    // The rows of a table that an input selects, whatever it is called.
    private void AddTable(string input, string name)
    {
        if (_graph.Nodes.FirstOrDefault(node => node.Operator == "Gather" && node.Input(1) == input) is { } lookup
            && _graph.Weights.TryGetValue(lookup.Input(0), out OnnxWeight? table))
            Add(name, table);
    }
}
