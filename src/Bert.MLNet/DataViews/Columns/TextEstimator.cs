using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>The implementation of estimators of steps that read texts. It trains nothing and only checks the schema.</summary>
/// <typeparam name="TTransformer">The step's transformer.</typeparam>
/// <param name="host">The host that receives messages.</param>
/// <param name="columns">The columns that the step reads and adds.</param>
/// <param name="create">Creates the transformer.</param>
internal sealed class TextEstimator<TTransformer>(IHost host, StepColumns columns, Func<TTransformer> create)
{
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        return columns.AddTo(inputSchema);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is not text.</exception>
    public TTransformer Fit(IDataView input)
    {
        host.CheckValue(input, nameof(input));
        columns.Bind(input.Schema);
        return create();
    }

    /// <summary>Creates the transformer without data.</summary>
    public TTransformer Create() => create();
}
