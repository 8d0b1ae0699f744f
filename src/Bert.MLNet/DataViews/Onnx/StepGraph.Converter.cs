using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Bert.MLNet.DataViews;

// The interface that ML.NET's steps expect of its converter.
internal sealed partial class StepGraph
{
    // No name of a column starts like this, and no value of an encoder.
    private const string Prefix = "steps/";

    // ML.NET's steps write the forms of this operator set, or of one before it.
    private const int ConverterOpset = 12;

    public override string GetNodeName(string prefix) => Unique(prefix, _nodeNames);

    public override bool IsVariableDefined(string variableName) => _names.Contains(variableName);

    public override bool ContainsColumn(string colName)
    {
        if (_columns.ContainsKey(colName))
            return true;
        _missingInput ??= _missing.GetValueOrDefault(colName);
        return false;
    }

    public override void CheckOpSetVersion(int thisTransformerMinumumOpSetVersion, string registerTransformerName)
    {
        if (thisTransformerMinumumOpSetVersion > ConverterOpset)
            throw new NotSupportedException($"it requires operators of set {thisTransformerMinumumOpSetVersion}");
    }

    public override void RemoveColumn(string colName, bool removeVariable = false)
    {
        _columns.Remove(colName);
        _described.Remove(colName);
    }

    public override void RemoveVariable(string variableName, bool removeColumn)
    {
        foreach (string column in _columns.Where(column => column.Value == variableName).Select(column => column.Key).ToArray())
            RemoveColumn(column);
    }

    public override void RemoveInputVariable(string variableName) => RemoveColumn(variableName);

    public override string GetVariableName(string colName)
    {
        if (_columns.TryGetValue(colName, out string? value))
            return value;
        throw new NotSupportedException(_missingInput ??= MissingReason(colName));
    }

    public override string AddIntermediateVariable(DataViewType? type, string colName, bool skip = false)
    {
        string name = Unique(Prefix + colName, _names);
        _columns[colName] = name;
        _described.Add(colName);
        if (type is not null)
            _shapes[name] = ConverterShape(type);
        return name;
    }

    public override OnnxNode CreateNode(
        string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name, string? domain = null)
    {
        var node = new StepNode(_step, opType, domain ?? "ai.onnx.ml", [.. inputs], [.. outputs]);
        _nodes.Add(node);
        return node;
    }

    public override OnnxVersion GetOnnxVersion() => OnnxVersion.Stable;

    public override List<long>? RetrieveShapeOrNull(string variableName) =>
        _shapes.TryGetValue(variableName, out IReadOnlyList<long>? shape) ? [.. shape] : null;

    public override string AddInitializer(bool value, string? name = null, bool makeUniqueName = true) =>
        Constant<byte>(typeof(bool), [value ? (byte)1 : (byte)0], [], name);

    public override string AddInitializer(float value, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(float), [value], [], name);

    public override string AddInitializer(int value, Type type, string? name = null, bool makeUniqueName = true) =>
        AddInitializer([value], type, [], name);

    public override string AddInitializer(string value, string? name = null, bool makeUniqueName = true) => Texts([value], [], name);

    public override string AddInitializer(long value, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(long), [value], [], name);

    public override string AddInitializer(double value, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(double), [value], [], name);

    public override string AddInitializer(ulong value, bool isUint64, string? name = null, bool makeUniqueName = true) =>
        AddInitializer([value], isUint64, [], name);

    public override string AddInitializer(
        IEnumerable<bool> values, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(bool), [.. values.Select(value => value ? (byte)1 : (byte)0)], dims, name);

    public override string AddInitializer(
        IEnumerable<float> values, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(float), [.. values], dims, name);

    public override string AddInitializer(
        IEnumerable<int> values, Type type, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true)
    {
        int[] items = [.. values];
        int size = type == typeof(bool) ? 1 : Marshal.SizeOf(type);
        byte[] bytes = new byte[items.Length * size], item = new byte[sizeof(int)];
        for (int i = 0; i < items.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(item, items[i]);
            item.AsSpan(0, size).CopyTo(bytes.AsSpan(i * size));
        }
        return Add(type, items.Length, bytes, dims, name);
    }

    public override string AddInitializer(
        IEnumerable<string> values, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) =>
        Texts([.. values], dims, name);

    public override string AddInitializer(
        IEnumerable<long> values, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(long), [.. values], dims, name);

    public override string AddInitializer(
        IEnumerable<double> values, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) =>
        Constant(typeof(double), [.. values], dims, name);

    public override string AddInitializer(
        IEnumerable<ulong> values, bool isUint64, IEnumerable<long>? dims, string? name = null, bool makeUniqueName = true) => isUint64
        ? Constant(typeof(ulong), [.. values], dims, name)
        : Constant(typeof(uint), [.. values.Select(value => checked((uint)value))], dims, name);

    private string Constant<T>(Type type, T[] values, IEnumerable<long>? shape, string? name)
        where T : unmanaged => Add(type, values.Length, MemoryMarshal.AsBytes<T>(values).ToArray(), shape, name);

    private string Texts(string[] values, IEnumerable<long>? shape, string? name) =>
        Add(typeof(ReadOnlyMemory<char>), values.Length, [], shape, name, values);

    private string Add(Type type, int count, byte[] bytes, IEnumerable<long>? shape, string? name, string[]? texts = null)
    {
        string unique = Unique($"{Prefix}{name ?? type.Name}", _names);
        long[] dimensions = shape is null ? [count] : [.. shape];
        long due = dimensions.Aggregate(1L, (product, size) => checked(product * size));
        if (due != count)
            throw new NotSupportedException($"its constant '{name}' has {count} values instead of {due}");
        _tensors.Add(unique, new StepTensor(unique, OnnxElement.Of(type)!.Value, dimensions, bytes, texts));
        return unique;
    }

    /// <summary>Returns the dimensions as ML.NET's steps expect them: 1 instead of a size that varies.</summary>
    private static IReadOnlyList<long> ConverterShape(DataViewType type) =>
        [.. OnnxElement.ShapeOf(type).Select(size => size == 0 ? 1 : size)];

    private static string Unique(string name, HashSet<string> names)
    {
        string unique = name;
        for (int i = 0; !names.Add(unique); i++)
            unique = $"{name}{i}";
        return unique;
    }
}
