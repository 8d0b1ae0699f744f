using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>A cursor over the source for a consumer that requested no added column. Buffers and computes nothing.</summary>
internal sealed class PassThroughCursor(IHost host, DataViewRowCursor source, ColumnBindings bindings, ActiveColumns active)
    : SynchronizedCursorBase(host, source)
{
    public override DataViewSchema Schema => bindings.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Ch.CheckParam(IsColumnActive(column), nameof(column), $"Column '{column.Name}' was not requested when the cursor was created.");
        return Input.GetGetter<TValue>(Input.Schema[bindings.MapColumnIndex(out _, column.Index)]);
    }
}
