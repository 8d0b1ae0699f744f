namespace Bert.MLNet.Models;

/// <summary>The numbers of fields and values in onnx.proto that reading a graph requires.</summary>
internal static class OnnxFields
{
    public const int ModelGraph = 7;

    public const int GraphNode = 1, GraphInitializer = 5, GraphOutputs = 12;

    public const int ValueName = 1, ValueKind = 2, TypeTensor = 1, TensorTypeShape = 2, ShapeDimension = 1, DimensionValue = 1;

    public const int NodeInput = 1, NodeOutput = 2, NodeName = 3, NodeOperator = 4, NodeAttribute = 5, NodeDomain = 7;

    public const int AttributeName = 1, AttributeInteger = 3, AttributeTensor = 5, AttributeIntegers = 8;

    public const int TensorDimensions = 1, TensorItemType = 2, TensorFloats = 4, TensorIntegers = 5, TensorName = 8, TensorBytes = 9,
        TensorExternalData = 13, TensorDataLocation = 14;

    public const int EntryKey = 1, EntryValue = 2;

    /// <summary>Item types of tensors.</summary>
    public const int Float = 1, Float16 = 10, BFloat16 = 16;
}
