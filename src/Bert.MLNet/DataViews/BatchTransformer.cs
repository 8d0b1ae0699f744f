using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>A transformer that computes many rows at once behind ML.NET's row-by-row cursors. Base of the transformers that run an encoder.</summary>
/// <remarks>
/// Thread-safe: any number of cursors and threads may use one transformer (a <see cref="PredictionEngine{TSrc, TDst}"/> is for one thread
/// at a time, as always in ML.NET). <see cref="Dispose"/> frees its part of the native session; call it when nobody uses the transformer
/// any more. Cursors and engines that are still open fail after it.
/// </remarks>
public abstract class BatchTransformer : ITransformer, IDisposable
{
    private readonly BertBatchOptions _batching;

    private protected BatchTransformer(IHost host, BertBatchOptions batching)
    {
        Host = host;
        _batching = batching.Validated();
    }

    private protected IHost Host { get; }

    private protected BertBatchOptions Batching => _batching;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema of the data after this step.</summary>
    /// <param name="inputSchema">The schema of the data before it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new ColumnBindings(inputSchema, [.. Bind(inputSchema).OutputColumns]).Schema;
    }

    /// <summary>The data with the columns of this step added. Nothing is computed before a cursor asks for one of them.</summary>
    /// <param name="input">The data. Each cursor reads it once.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return Bind(input.Schema).CreateView(Host, input, _batching);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return Bind(inputSchema).CreateRowMapper(inputSchema, _batching);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        SaveModel(ctx);
    }

    /// <summary>Frees what this transformer holds of the native session. A second call does nothing.</summary>
    public abstract void Dispose();

    /// <summary>Binds to a schema, whose columns are checked here.</summary>
    private protected abstract BatchMapper Bind(DataViewSchema inputSchema);

    private protected abstract void SaveModel(ModelSaveContext ctx);
}
