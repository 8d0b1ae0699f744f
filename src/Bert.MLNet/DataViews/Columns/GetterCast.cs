using Microsoft.ML;

namespace Bert.MLNet.DataViews;

internal static class GetterCast
{
    /// <summary>Returns the getter as the requested type, or throws an exception that names the column and both types.</summary>
    public static ValueGetter<TValue> To<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
                $"Column '{column.Name}' has values of type {getter.GetType().GetGenericArguments()[0]}, " +
                $"but a getter of {typeof(TValue)} was requested.");
}
