namespace Bert.MLNet;

/// <summary>How an ONNX file stores the weights of a checkpoint.</summary>
#pragma warning disable CA1720 // the values are data types, under their usual names
public enum BertOnnxPrecision
{
    /// <summary>Single precision: 4 bytes for each value.</summary>
    Float32,

    /// <summary>
    /// Matrices in half precision, 2 bytes for each value, which the graph converts to single precision. The file has about half the
    /// size; the computation and its speed are the same, with weights that are rounded to 11 bits.
    /// </summary>
    Float16,
}
#pragma warning restore CA1720
