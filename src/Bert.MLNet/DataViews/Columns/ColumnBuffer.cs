using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.DataViews;

/// <summary>The values of one pass-through column for the rows of a window.</summary>
internal abstract class ColumnBuffer
{
    /// <summary>Creates a buffer for a column of the cursor. The column must be active.</summary>
    public static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column)
    {
        Type type = column.Type.RawType;
        Type buffer = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? typeof(VectorBuffer<>).MakeGenericType(type.GetGenericArguments())
            : typeof(ValueBuffer<>).MakeGenericType(type);
        return (ColumnBuffer)Activator.CreateInstance(buffer, row, column)!;
    }

    /// <summary>Copies the value of the cursor's current row to <paramref name="slot"/>.</summary>
    /// <returns>Its approximate size in bytes.</returns>
    public abstract long Read(int slot);

    /// <summary>
    /// Creates a <see cref="ValueGetter{TValue}"/> of the value in the slot that <paramref name="current"/> returns.
    /// </summary>
    public abstract Delegate CreateGetter(Func<int> current);

    private abstract class Typed<T>(ValueGetter<T> source) : ColumnBuffer
    {
        protected T[] Values { get; private set; } = [];

        public sealed override long Read(int slot)
        {
            if (slot >= Values.Length)
            {
                T[] grown = new T[Math.Max(64, 2 * slot)];
                Values.CopyTo(grown, 0);
                Values = grown;
            }
            source(ref Values[slot]);
            return Size(Values[slot]);
        }

        protected virtual long Size(in T value) => Unsafe.SizeOf<T>();
    }

    /// <summary>Buffers scalars and texts. A value is immutable, so assigning it keeps it.</summary>
    private sealed class ValueBuffer<T>(DataViewRow row, DataViewSchema.Column column) : Typed<T>(row.GetGetter<T>(column))
    {
        public override Delegate CreateGetter(Func<int> current) =>
            (ValueGetter<T>)((ref T value) => value = Values[current()]);
    }

    /// <summary>
    /// Buffers vectors. The getter fills the slot's own memory, and the consumer receives a copy that it can change.
    /// </summary>
    private sealed class VectorBuffer<T>(DataViewRow row, DataViewSchema.Column column)
        : Typed<VBuffer<T>>(row.GetGetter<VBuffer<T>>(column))
    {
        public override Delegate CreateGetter(Func<int> current) =>
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => Values[current()].CopyTo(ref value));

        protected override long Size(in VBuffer<T> value) => Unsafe.SizeOf<T>() * (long)value.GetValues().Length;
    }
}
