using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>A transformer that computes many rows at once behind ML.NET's row-by-row cursors. Base of the transformers that run an encoder.</summary>
/// <remarks>
/// Thread-safe: any number of cursors and threads may use one transformer (a <see cref="PredictionEngine{TSrc, TDst}"/> is for one thread
/// at a time, as always in ML.NET). <see cref="Dispose"/> frees its part of the native session; call it when nobody uses the transformer
/// any more. After it <see cref="Transform"/>, views, cursors and engines throw <see cref="ObjectDisposedException"/>; it can still be
/// saved.
/// </remarks>
public abstract class BatchTransformer : ITransformer, IDisposable
{
    private readonly BertBatchOptions _batching;
    private volatile bool _disposed;

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
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        CheckNotDisposed();
        return Bind(input.Schema).CreateView(this, Host, input, _batching);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        CheckNotDisposed();
        return Bind(inputSchema).CreateRowMapper(this, inputSchema, _batching);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        SaveModel(ctx);
    }

    /// <summary>Frees what this transformer holds of the native session. A second call does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    /// <exception cref="ObjectDisposedException">The transformer was disposed; the message names it.</exception>
    internal void CheckNotDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(GetType().FullName,
                $"This {GetType().Name} was disposed, by itself or with the chain or prediction engine that owned it. Dispose it after the last use of its views and engines.");
        }
    }

    /// <summary>Gives back what <see cref="Dispose"/> frees; called once or more.</summary>
    private protected abstract void Release();

    /// <summary>Binds to a schema, whose columns are checked here.</summary>
    private protected abstract BatchMapper Bind(DataViewSchema inputSchema);

    private protected abstract void SaveModel(ModelSaveContext ctx);
}
