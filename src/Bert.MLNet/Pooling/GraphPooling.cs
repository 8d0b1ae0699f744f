using Bert.MLNet.Encoders;

namespace Bert.MLNet.Pooling;

/// <summary>Writes the pooling of hidden states as ONNX operators, with the results of <see cref="HiddenStatePooler"/>.</summary>
/// <param name="graph">The graph.</param>
/// <param name="counts">1 for each token that counts, otherwise 0: floats of [rows, tokens].</param>
/// <param name="weights">The weight of each token in a mean, floats of [rows, tokens]; null if all weigh the same.</param>
internal sealed class GraphPooling(OnnxGraph graph, string counts, string? weights)
{
    /// <summary>Writes a mask of integers as <c>counts</c>: 1 for each value other than 0.</summary>
    public static string Counts(OnnxGraph graph, string mask) =>
        graph.Add("Cast", [graph.Add("Cast", [mask], ("to", (long)OnnxGraph.Bool))], ("to", (long)OnnxGraph.Float));

    /// <summary>Writes the positions of tokens, floats of [tokens], from 1.</summary>
    public static string Positions(OnnxGraph graph, string counts)
    {
        string length = graph.Add("Squeeze", [graph.Add("Shape", [counts], ("start", 1L))]);
        string range = graph.Add("Range", [graph.Integer(1), graph.Add("Add", [length, graph.Integer(1)]), graph.Integer(1)]);
        return graph.Add("Cast", [range], ("to", (long)OnnxGraph.Float));
    }

    /// <summary>Writes the pooled vectors, [rows, values].</summary>
    /// <param name="pooling">One or more poolings, whose vectors are concatenated in the order of the enumeration.</param>
    /// <param name="hidden">The last hidden states, [rows, tokens, width]; null if only layers are pooled.</param>
    /// <param name="layers">The mean of the hidden states of the last layers, [rows, tokens, width]; null if none is pooled.</param>
    /// <param name="first">The hidden state of the first token that counts, [rows, width]; null for <see cref="First"/>.</param>
    public string Pool(BertPooling pooling, string? hidden, string? layers, string? first = null)
    {
        var vectors = new List<string>();
        if (pooling.HasFlag(BertPooling.Cls))
            vectors.Add(first ?? First(hidden!));
        if (pooling.HasFlag(BertPooling.Max))
            vectors.Add(Max(hidden!));
        if (pooling.HasFlag(BertPooling.Mean))
            vectors.Add(Mean(hidden!, Weighed));
        if (pooling.HasFlag(BertPooling.MeanSqrtLength))
            vectors.Add(graph.Add("Div", [Sum(hidden!, Weighed), graph.Add("Sqrt", [Divisor(Weighed)])]));
        if (pooling.HasFlag(BertPooling.LastLayersMean))
            vectors.Add(Mean(layers!, Weighed));
        if (pooling.HasFlag(BertPooling.WeightedMean))
            vectors.Add(Mean(hidden!, Places));
        if (pooling.HasFlag(BertPooling.LastToken))
            vectors.Add(Sum(hidden!, Only(Places)));
        return vectors is [var only] ? only : graph.Add("Concat", [.. vectors], ("axis", 1L));
    }

    private string Weighed => weights is null ? counts : graph.Add("Mul", [counts, weights]);

    /// <summary>The position of each token that counts, from 1; 0 for the others.</summary>
    private string Places => graph.Add("Mul", [counts, Positions(graph, counts)]);

    /// <summary>Writes the state of the first token that counts, on whichever side the padding is.</summary>
    private string First(string hidden) => Sum(hidden, Only(graph.Add("Div", [counts, Positions(graph, counts)])));

    private string Max(string hidden)
    {
        string seen = graph.Add("Cast", [graph.Add("Unsqueeze", [counts, graph.Integers(2)])], ("to", (long)OnnxGraph.Bool));
        string states = graph.Add("Where", [seen, hidden, graph.Scalar(HiddenStatePooler.Masked)]);
        return graph.Add("ReduceMax", [states, graph.Integers(1)], ("keepdims", 0L));
    }

    private string Mean(string states, string factors) => graph.Add("Div", [Sum(states, factors), Divisor(factors)]);

    private string Divisor(string factors) => graph.Add(
        "Max", [graph.Add("ReduceSum", [factors, graph.Integers(1)], ("keepdims", 1L)), graph.Scalar(HiddenStatePooler.MinWeight)]);

    /// <summary>Writes the sum of states, each times its factor.</summary>
    private string Sum(string states, string factors)
    {
        string product = graph.Add("MatMul", [graph.Add("Unsqueeze", [factors, graph.Integers(1)]), states]);
        return graph.Add("Squeeze", [product, graph.Integers(1)]);
    }

    /// <summary>Writes 1 for the token with the greatest value, otherwise 0.</summary>
    private string Only(string values)
    {
        string greatest = graph.Add("ReduceMax", [values, graph.Integers(1)], ("keepdims", 1L));
        string isGreatest = graph.Add("Cast", [graph.Add("Equal", [values, greatest])], ("to", (long)OnnxGraph.Float));
        return graph.Add("Mul", [isGreatest, counts]);
    }
}
