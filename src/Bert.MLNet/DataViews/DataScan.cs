using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

internal static class DataScan
{
    /// <summary>Reads all rows once, in order, and of each row nothing but the columns named.</summary>
    /// <param name="env">What may cancel the reading.</param>
    /// <param name="data">The data.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="open">Takes the getters from the cursor, and returns what is to be done at each row.</param>
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
