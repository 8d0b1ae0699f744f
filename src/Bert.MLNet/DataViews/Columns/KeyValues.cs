using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>The values that the keys of a column represent, of any type that ML.NET allows for key values. Immutable.</summary>
internal abstract class KeyValues
{
    private KeyValues(VectorDataViewType type) => Type = type;

    /// <summary>The number of keys.</summary>
    public int Count => Type.Size;

    /// <summary>The type of the key column.</summary>
    public KeyDataViewType KeyType => new(typeof(uint), Count);

    /// <summary>The values as text, in the order of the keys.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    protected VectorDataViewType Type { get; }

    /// <summary>Creates keys for texts.</summary>
    public static KeyValues Of(IEnumerable<string> names)
    {
        ReadOnlyMemory<char>[] values = [.. names.Select(name => name.AsMemory())];
        return new Typed<ReadOnlyMemory<char>>(
            new VectorDataViewType(TextDataViewType.Instance, values.Length), new VBuffer<ReadOnlyMemory<char>>(values.Length, values));
    }

    /// <summary>Returns the values of a key column, or null if it has none.</summary>
    public static KeyValues? Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type
            is not VectorDataViewType { IsKnownSize: true } type)
            return null;
        return (KeyValues)typeof(KeyValues).GetMethod(nameof(Read), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.ItemType.RawType).Invoke(null, [column, type])!;
    }

    /// <summary>Creates keys without known values, named <c>LABEL_0</c> and so on as in HuggingFace.</summary>
    public static KeyValues Numbered(int count) =>
        Of(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}")));

    /// <summary>Creates keys for the slots of a vector column of known size.</summary>
    public static KeyValues OfSlots(DataViewSchema.Column column)
    {
        int count = ((VectorDataViewType)column.Type).Size;
        if (!column.HasSlotNames(count))
            return Numbered(count);
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return Of(names.DenseValues().Select(name => name.ToString()));
    }

    /// <summary>Creates a getter of a column's keys, counted from 1. A missing key is 0.</summary>
    public static ValueGetter<uint> CreateGetter(DataViewRow row, DataViewSchema.Column keys) =>
        RowCursorUtils.GetGetterAs<uint>(NumberDataViewType.UInt32, row, keys.Index);

    /// <summary>Adds these values to a column's annotations.</summary>
    /// <param name="annotations">The annotations.</param>
    /// <param name="kind">The kind of annotation. Default: the values of the column's own keys.</param>
    public abstract void AddTo(DataViewSchema.Annotations.Builder annotations, string kind = AnnotationUtils.Kinds.KeyValues);

    public abstract void Save(ModelSaveContext ctx, IHostEnvironment env);

    /// <summary>Reads values that <see cref="Save"/> wrote.</summary>
    /// <param name="ctx">The context to load from.</param>
    /// <param name="env">The environment.</param>
    /// <param name="most">The maximum number of keys: the number of the model's labels.</param>
    /// <exception cref="FormatException">The values cannot be read, or there are too many.</exception>
    public static KeyValues Load(ModelLoadContext ctx, IHostEnvironment env, int most)
    {
        Stream stream = ctx.Reader.BaseStream;
        try
        {
            KeyValuesHeader.Check(stream, most);
            if (new BinarySaver(env, new BinarySaver.Arguments()).TryLoadTypeAndValue(stream, out DataViewType type, out object value)
                && type is VectorDataViewType vector)
                return (KeyValues)Activator.CreateInstance(typeof(Typed<>).MakeGenericType(vector.ItemType.RawType), vector, value)!;
        }
        catch (Exception exception) when (exception is FormatException or IOException or TargetInvocationException or ArgumentException)
        {
            throw Damaged(exception);
        }
        throw Damaged();
    }

    private static FormatException Damaged(Exception? inner = null) =>
        new("The model file is damaged: the values of its labels cannot be read. Save the model again.", inner);

    private static Typed<T> Read<T>(DataViewSchema.Column column, VectorDataViewType type)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        return new Typed<T>(type, values);
    }

    private sealed class Typed<T>(VectorDataViewType type, VBuffer<T> values) : KeyValues(type)
    {
        public override IReadOnlyList<string> Names { get; } =
            [
                .. values.DenseValues().Select(value =>
                    value is ReadOnlyMemory<char> text ? text.ToString() : Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
            ];

        public override void AddTo(DataViewSchema.Annotations.Builder annotations, string kind) =>
            annotations.Add(kind, Type, (ref VBuffer<T> value) => values.CopyTo(ref value));

        public override void Save(ModelSaveContext ctx, IHostEnvironment env)
        {
            VBuffer<T> copy = values;
            if (!new BinarySaver(env, new BinarySaver.Arguments()).TryWriteTypeAndValue(ctx.Writer.BaseStream, Type, ref copy, out _))
                throw new NotSupportedException(
                    $"Labels of type {Type.ItemType} cannot be saved. Map them to text before they become keys.");
        }
    }
}
