using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Writes dense layers with int8 weights, with the operators of ONNX Runtime's own quantizer, or the fused operator of its optimizer.
/// Inputs are quantized at run time (<c>DynamicQuantizeLinear</c>: 8 bits from 0 to 255 with one scale and one zero point for the whole
/// tensor), once for all layers that read them.
/// </summary>
/// <param name="graph">The graph of the layers.</param>
/// <param name="unsigned">Whether weights are unsigned bytes with a zero point; see <see cref="IntegerProducts"/>.</param>
internal sealed class QuantizedLayers(OnnxGraph graph, bool unsigned = false)
{
    private readonly Dictionary<string, string[]> _activations = [];

    /// <summary>Writes input · weightᵀ + bias, with a result in single precision.</summary>
    /// <param name="input">A matrix with a row for each token.</param>
    /// <param name="weight">The canonical name of an int8 weight, [outputs, inputs].</param>
    /// <param name="bias">The name of its bias; null for none.</param>
    /// <param name="inputs">Columns of the input.</param>
    /// <param name="outputs">Columns of the result.</param>
    public string Linear(string input, string weight, string? bias, int inputs, int outputs)
    {
        if (!_activations.TryGetValue(input, out string[]? quantized))
            _activations.Add(input, quantized = graph.Add("DynamicQuantizeLinear", [input], outputs: 3));
        (string values, string scale, string zeroPoint) = (quantized[0], quantized[1], quantized[2]);
        string matrix = graph.Weight(
            weight + "_quantized", new GraphWeight(
                weight, unsigned ? OnnxGraph.UInt8 : OnnxGraph.Int8, IsTransposed: true, [inputs, outputs]));
        string matrixZeroPoint = unsigned ? graph.Constant(OnnxGraph.UInt8, [], [IntegerProducts.ZeroPoint]) : "";
        string weightScale = graph.Weight(QuantizedWeights.Scale(weight), outputs);
        string addend = bias is null ? "" : graph.Weight(bias, outputs);
        if (!graph.StandsAlone)
            return graph.Add(OnnxGraph.Microsoft + "MatMulIntegerToFloat",
                [values, matrix, scale, weightScale, zeroPoint, matrixZeroPoint, addend]);
        string product = graph.Add(
            "Cast", [graph.Add("MatMulInteger", [values, matrix, zeroPoint, matrixZeroPoint])], ("to", (long)OnnxGraph.Float));
        string scaled = graph.Add("Mul", [product, graph.Add("Mul", [scale, weightScale])]);
        return bias is null ? scaled : graph.Add("Add", [scaled, addend]);
    }

    /// <summary>Writes a lookup of rows in an int8 table, with a result in single precision.</summary>
    /// <param name="table">The canonical name of an int8 weight, [rows, width].</param>
    /// <param name="ids">The numbers of the rows.</param>
    /// <param name="rows">The number of rows of the table.</param>
    /// <param name="width">The number of columns of the table.</param>
    public string Gather(string table, string ids, int rows, int width)
    {
        string values = graph.Weight(table + "_quantized", new GraphWeight(table, OnnxGraph.Int8, IsTransposed: false, [rows, width]));
        string floats = graph.Add("Cast", [graph.Add("Gather", [values, ids])], ("to", (long)OnnxGraph.Float));
        return graph.Add("Mul", [floats, graph.Add("Gather", [graph.Weight(QuantizedWeights.Scale(table), rows, 1), ids])]);
    }
}
