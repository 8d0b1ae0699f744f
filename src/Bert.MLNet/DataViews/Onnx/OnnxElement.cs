using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The item types of tensors, as numbers of onnx.proto.</summary>
internal static class OnnxElement
{
    public const int Text = 8, Int64 = 7, Float = 1;

    private static readonly Dictionary<Type, int> s_types = new()
    {
        [typeof(float)] = Float, [typeof(byte)] = 2, [typeof(sbyte)] = 3, [typeof(ushort)] = 4, [typeof(short)] = 5, [typeof(int)] = 6,
        [typeof(long)] = Int64, [typeof(ReadOnlyMemory<char>)] = Text, [typeof(bool)] = 9, [typeof(double)] = 11, [typeof(uint)] = 12,
        [typeof(ulong)] = 13,
    };

    /// <summary>Gets the number of an item type, or null if ONNX has no such type.</summary>
    public static int? Of(Type type) => s_types.TryGetValue(type, out int number) ? number : null;

    /// <summary>Gets the item type of a column, or null if ONNX has no such type.</summary>
    public static int? Of(DataViewType type) => Of(type is VectorDataViewType vector ? vector.ItemType.RawType : type.RawType);

    /// <summary>
    /// Gets the dimensions of a column's values for a batch of rows: −1 for the rows, then those of a row, 0 if a size varies.
    /// </summary>
    public static IReadOnlyList<long> ShapeOf(DataViewType type) =>
        type is VectorDataViewType vector ? [-1, .. vector.Dimensions.Select(size => (long)size)] : [-1, 1];
}
