using Microsoft.ML;

namespace Bert.MLNet.DataViews;

internal static class GetterCast
{
    /// <summary>The getter as the consumer wants it, or an exception that names the column and both types.</summary>
    public static ValueGetter<TValue> To<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"Column '{column.Name}' has values of type {getter.GetType().GetGenericArguments()[0]}, and a getter of {typeof(TValue)} was asked for.");
}
