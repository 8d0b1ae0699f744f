using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

internal static class DataScan
{
    /// <summary>Reads all rows once, in order, and only the given columns.</summary>
    /// <param name="env">The environment, whose cancellation stops the reading.</param>
    /// <param name="data">The data.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="open">Receives the cursor and returns the action to run for each row.</param>
    public static void Run(IHostEnvironment env, IDataView data, IEnumerable<DataViewSchema.Column> columns, Func<DataViewRow, Action> open)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(columns);
        Action visit = open(cursor);
        while (cursor.MoveNext())
        {
            env.CheckAlive();
            visit();
        }
    }
}
