using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Dense layers over int8 weights, in the operators that ONNX Runtime's own quantizer writes, or the one that its optimiser makes of them. What a layer reads is quantized as it comes
/// (<c>DynamicQuantizeLinear</c>: 8 bits from 0 to 255 with one scale and one zero point for the whole tensor), once for all layers that read it.
/// </summary>
/// <param name="graph">The graph that the layers are written into.</param>
/// <param name="unsigned">Whether weights go in as unsigned bytes with a zero point; see <see cref="IntegerProducts"/>.</param>
internal sealed class QuantizedLayers(OnnxGraph graph, bool unsigned = false)
{
    private readonly Dictionary<string, string[]> _activations = [];

    /// <summary>input · weightᵀ + bias, of single precision.</summary>
    /// <param name="input">A matrix with a row for each token.</param>
    /// <param name="weight">The canonical name of an int8 weight, [outputs, inputs].</param>
    /// <param name="bias">The name of its bias.</param>
    /// <param name="inputs">Columns of the input.</param>
    /// <param name="outputs">Columns of the result.</param>
    public string Linear(string input, string weight, string bias, int inputs, int outputs)
    {
        if (!_activations.TryGetValue(input, out string[]? quantized))
            _activations.Add(input, quantized = graph.Add("DynamicQuantizeLinear", [input], outputs: 3));
        (string values, string scale, string zeroPoint) = (quantized[0], quantized[1], quantized[2]);
        string matrix = graph.Weight(weight + "_quantized", new GraphWeight(weight, unsigned ? OnnxGraph.UInt8 : OnnxGraph.Int8, IsTransposed: true, [inputs, outputs]));
        string matrixZeroPoint = unsigned ? graph.Constant(OnnxGraph.UInt8, [], [IntegerProducts.ZeroPoint]) : "";
        string weightScale = graph.Weight(QuantizedWeights.Scale(weight), outputs), addend = graph.Weight(bias, outputs);
        if (!graph.StandsAlone)
            return graph.Add(OnnxGraph.Microsoft + "MatMulIntegerToFloat", [values, matrix, scale, weightScale, zeroPoint, matrixZeroPoint, addend]);
        string product = graph.Add("Cast", [graph.Add("MatMulInteger", [values, matrix, zeroPoint, matrixZeroPoint])], ("to", (long)OnnxGraph.Float));
        return graph.Add("Add", [graph.Add("Mul", [product, graph.Add("Mul", [scale, weightScale])]), addend]);
    }

    /// <summary>Rows of an int8 table, of single precision.</summary>
    /// <param name="table">The canonical name of an int8 weight, [rows, width].</param>
    /// <param name="ids">Which rows.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="width">Columns of the table.</param>
    public string Gather(string table, string ids, int rows, int width)
    {
        string values = graph.Weight(table + "_quantized", new GraphWeight(table, OnnxGraph.Int8, IsTransposed: false, [rows, width]));
        string floats = graph.Add("Cast", [graph.Add("Gather", [values, ids])], ("to", (long)OnnxGraph.Float));
        return graph.Add("Mul", [floats, graph.Add("Gather", [graph.Weight(QuantizedWeights.Scale(table), rows, 1), ids])]);
    }
}
