using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes the parts of a graph's layers and heads. These are dense layers in single precision or int8, normalization, activation functions
/// and whole heads.
/// </summary>
internal sealed class GraphLayers(OnnxGraph graph, BertConfig config, BertWeights weights, bool unsigned)
{
    private readonly QuantizedLayers _quantized = new(graph, unsigned);
    private readonly Dictionary<(string Layer, string Input), string> _applied = [];

    /// <summary>Writes a head, and returns its logits for the tokens that it reads.</summary>
    public string Apply(HeadKind head, string tokens) =>
        config.Head(head)!.DenseLayers.Aggregate(tokens, (input, layer) => Apply(layer, input));

    /// <summary>Writes a layer of a head. Shared layers, such as the pooler, are written once.</summary>
    public string Apply(HeadLayer layer, string input)
    {
        if (_applied.TryGetValue((layer.Name, input), out string? known))
            return known;
        // A tied decoder shares the memory of the embeddings under their name, except for integer products.
        string weight = layer.Weight == CanonicalNames.Decoder && config.TieWordEmbeddings && !weights.HasQuantized(CanonicalNames.Decoder)
            ? CanonicalNames.WordEmbeddings
            : layer.Weight;
        string output = Linear(input, weight, layer.Bias, layer.Inputs, layer.Outputs);
        if (layer.Activation is { } activation)
            output = Activate(activation, output);
        if (layer.Norm is { } norm)
            output = LayerNorm(norm, layer.NormHasBias, output, layer.Outputs);
        _applied.Add((layer.Name, input), output);
        return output;
    }

    /// <summary>Writes the embeddings of tokens, [rows, length, width].</summary>
    public string WordEmbeddings(string ids) => weights.HasQuantized(CanonicalNames.WordEmbeddings)
        ? _quantized.Gather(CanonicalNames.WordEmbeddings, ids, config.VocabSize, config.EmbeddingWidth)
        : graph.Add("Gather", [graph.Weight(CanonicalNames.WordEmbeddings, config.VocabSize, config.EmbeddingWidth), ids]);

    /// <summary>Writes input · weightᵀ + bias, in the type of the weight.</summary>
    public string Linear(string name, string input, int inputs, int outputs, bool hasBias = true) =>
        Linear(input, name + ".weight", hasBias ? name + ".bias" : null, inputs, outputs);

    private string Linear(string input, string weight, string? bias, int inputs, int outputs) => weights.HasQuantized(weight)
        ? _quantized.Linear(input, weight, bias, inputs, outputs)
        : Linear(graph, input, weight, bias, inputs, outputs);

    /// <summary>Writes input · weightᵀ + bias in single precision.</summary>
    public static string Linear(OnnxGraph graph, string input, string weight, string? bias, int inputs, int outputs) => bias is null
        ? graph.Add("Gemm", [input, graph.Weight(weight, outputs, inputs)], ("transB", 1L))
        : graph.Add("Gemm", [input, graph.Weight(weight, outputs, inputs), graph.Weight(bias, outputs)], ("transB", 1L));

    public string LayerNorm(string name, string input, int width) => LayerNorm(name, config.Shape.NormHasBias, input, width);

    private string LayerNorm(string name, bool hasBias, string input, int width) => graph.Add(
        "LayerNormalization",
        hasBias
            ? [input, graph.Weight(name + ".weight", width), graph.Weight(name + ".bias", width)]
            : [input, graph.Weight(name + ".weight", width)],
        ("axis", -1L), ("epsilon", (float)config.LayerNormEps));

    /// <summary>Writes the normalized sum of two values of equal shape, as a single operator of ONNX Runtime.</summary>
    public string LayerNorm(string name, string input, string addend, int width) => graph.Add(
        OnnxGraph.Microsoft + "SkipLayerNormalization",
        [input, addend, graph.Weight(name + ".weight", width), graph.Weight(name + ".bias", width)],
        ("epsilon", (float)config.LayerNormEps));

    /// <summary>Writes the convolution of the embeddings, added to the first layer's output and normalized, [tokens, hidden].</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="embeddings">The embeddings, [tokens, hidden].</param>
    /// <param name="output">The output of the layer, [tokens, hidden].</param>
    /// <param name="mask">The attention mask, [rows, length].</param>
    /// <param name="tokenShape">The shape [rows, length, hidden].</param>
    public string Convolve(EmbeddingConvolution convolution, string embeddings, string output, string mask, string tokenShape)
    {
        int hidden = config.HiddenSize;
        long[] turned = [0, 2, 1];
        string isToken = graph.Add("Cast", [graph.Add("Unsqueeze", [mask, graph.Integers(2)])], ("to", (long)OnnxGraph.Float));
        string byRow = graph.Add("Mul", [graph.Add("Reshape", [embeddings, tokenShape]), isToken]);
        string weight = graph.Weight(convolution.Weight, hidden, hidden / convolution.Groups, convolution.Size);
        string convolved = graph.Add(
            "Conv", [graph.Add("Transpose", [byRow], ("perm", turned)), weight, graph.Weight(convolution.Bias, hidden)],
            ("group", (long)convolution.Groups), ("pads", new long[] { convolution.Padding, convolution.Padding }));
        string matrix = graph.Add("Flatten", [graph.Add("Transpose", [convolved], ("perm", turned))], ("axis", 2L));
        return LayerNorm(convolution.Norm, graph.Add("Add", [output, Activate(convolution.Activation, matrix)]), hidden);
    }

    public string Activate(BertActivation activation, string input) => Activate(graph, activation, input);

    /// <summary>Writes an activation function.</summary>
    public static string Activate(OnnxGraph graph, BertActivation activation, string input) => activation switch
    {
        BertActivation.Gelu => graph.Add("Gelu", [input]),
        BertActivation.GeluTanh => graph.Add("Gelu", [input], ("approximate", "tanh")),
        BertActivation.QuickGelu => TimesSigmoid(graph, input, 1.702f),
        BertActivation.Silu => TimesSigmoid(graph, input, 1),
        BertActivation.Relu => graph.Add("Relu", [input]),
        BertActivation.Tanh => graph.Add("Tanh", [input]),
        BertActivation.Sigmoid => graph.Add("Sigmoid", [input]),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), $"The graph does not support the activation function {activation}."),
    };

    private static string TimesSigmoid(OnnxGraph graph, string input, float factor) => graph.StandsAlone
        ? graph.Add("Mul", [input, graph.Add("Sigmoid", [graph.Add("Mul", [input, graph.Scalar(factor)])])])
        : graph.Add(OnnxGraph.Microsoft + "QuickGelu", [input], ("alpha", factor));
}
