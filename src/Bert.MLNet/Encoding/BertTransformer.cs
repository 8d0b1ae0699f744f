using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Predictors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>The base class of transformers that run a checkpoint.</summary>
/// <remarks>
/// Thread-safe: any number of cursors and threads can use one transformer (a <see cref="PredictionEngine{TSrc, TDst}"/> is for one thread
/// at a time, as always in ML.NET). Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.
/// <see cref="Dispose"/> frees this transformer's part of the session; call it when nothing uses the transformer any more. After that,
/// <see cref="Transform"/>, views, cursors and engines throw <see cref="ObjectDisposedException"/>; the transformer can still be saved.
/// </remarks>
public abstract class BertTransformer : IBatchStep, IDisposable
{
    private readonly BertStepOptions _options;
    private volatile bool _disposed;

    private protected BertTransformer(IHostEnvironment env, BertStepOptions options)
    {
        Host = env.Register(GetType().Name);
        _options = options;
    }

    /// <summary>The checkpoint, for example to save it in HuggingFace's format.</summary>
    public BertModel Model => _options.Checkpoint;

    private protected IHost Host { get; }

    private protected BertBatchOptions Batching => EncoderDevice.Fill(_options.Batching, Model.Device);

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>Returns the schema of the data after this step.</summary>
    /// <param name="inputSchema">The schema of the data before it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has the wrong type.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        return new ColumnBindings(inputSchema, [.. Bind(inputSchema).OutputColumns]).Schema;
    }

    /// <summary>Adds the columns of this step to the data. They are only computed when a cursor requests them.</summary>
    /// <param name="input">The data. Each cursor reads it once.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has the wrong type.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        CheckNotDisposed();
        return Bind(input.Schema).CreateView(this, Host, input, Batching);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        CheckNotDisposed();
        return Bind(inputSchema).CreateRowMapper(this, inputSchema, Batching);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        SavedOptions.Save(ctx, _options);
        Model.Save(ctx);
        SaveLearnt(ctx);
    }

    /// <summary>Frees this transformer's part of the native session. A second call does nothing.</summary>
    public void Dispose()
    {
        _disposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    void IBatchStep.CheckNotDisposed() => CheckNotDisposed();

    /// <exception cref="ObjectDisposedException">The transformer was disposed; the message names it.</exception>
    private protected void CheckNotDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(GetType().FullName,
                $"This {GetType().Name} was disposed, by itself or with the chain or prediction engine that owned it. " +
                "Dispose it after the last use of its views and engines.");
        }
    }

    /// <summary>The format in which the step is saved.</summary>
    private protected virtual VersionInfo Version => throw new NotSupportedException($"{GetType().Name} cannot be saved.");

    /// <summary>Frees the resources of the step; can be called more than once.</summary>
    private protected abstract void Release();

    /// <summary>Binds to a schema and checks its columns.</summary>
    private protected abstract BatchMapper Bind(DataViewSchema inputSchema);

    /// <summary>Creates a predictor that computes objects as this transformer computes rows.</summary>
    /// <param name="work">How rows are computed.</param>
    /// <param name="rowsOf">Returns the rows of an input.</param>
    /// <param name="resultOf">Returns the result of an input from its computed rows.</param>
    private protected BertPredictor<TInput, TResult> CreatePredictor<TInput, TRow, TItem, TResult>(
        BatchMapper<TRow, TItem> work, Func<TInput, TRow[]> rowsOf, Func<TRow[], TResult> resultOf)
        where TInput : class
        where TRow : class, new()
        where TItem : class, IBatchItem
    {
        CheckNotDisposed();
        return new(this, Batching, new RowPrediction<TInput, TRow, TItem, TResult>(this, work, Batching, rowsOf, resultOf));
    }

    /// <summary>Saves learned data other than the checkpoint.</summary>
    private protected virtual void SaveLearnt(ModelSaveContext ctx)
    {
    }

    /// <summary>Reads the options and the checkpoint of a component.</summary>
    /// <param name="env">The environment, whose GPU computes it.</param>
    /// <param name="ctx">The component.</param>
    /// <param name="version">Its format.</param>
    /// <param name="readV1">Reads them from a model file of version 1; null for a component that is newer.</param>
    /// <param name="readLearnt">Reads the data of <see cref="SaveLearnt"/>, in newer files.</param>
    private protected static TOptions Load<TOptions>(
        IHostEnvironment env, ModelLoadContext ctx, VersionInfo version, Func<ModelLoadContext, TOptions>? readV1 = null,
        Func<TOptions, TOptions>? readLearnt = null)
        where TOptions : BertStepOptions
    {
        ComponentVersion.Check(ctx, version);
        (string? device, bool fallbackToCpu) = ContextDevice.Of(env);
        if (readV1 is not null && ctx.Header.ModelVerWritten < ComponentVersion.OptionsAsJson)
            return (TOptions)((BertStepOptions)readV1(ctx) with { Device = device, FallbackToCpu = fallbackToCpu });
        var options = (TOptions)((BertStepOptions)SavedOptions.Load<TOptions>(ctx) with
        {
            Model = BertModel.Load(ctx), Device = device, FallbackToCpu = fallbackToCpu,
        });
        return readLearnt is null ? options : readLearnt(options);
    }
}
