using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>A step that runs a checkpoint's own head over texts. Base of the estimators of all tasks.</summary>
/// <typeparam name="TTransformer">The task's transformer.</typeparam>
public abstract class BertTaskEstimator<TTransformer> : IEstimator<TTransformer>
    where TTransformer : BertTaskTransformer
{
    private readonly IHost _host;

    private protected BertTaskEstimator(IHostEnvironment env, string name, BertModel model, BertTaskOptions options)
    {
        _host = env.Register(name);
        _host.CheckValue(model, nameof(model));
        RequiredOptions.Check(options);
        Model = model;
        Batching = options.Batching.Validated();
    }

    private protected BertModel Model { get; }

    private protected BertBatchOptions Batching { get; }

    /// <summary>The columns, checked when the estimator is made.</summary>
    private protected abstract StepColumns Columns { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Columns.AddTo(inputSchema);
    }

    /// <summary>The transformer. Dispose it, or the chain that it stands in, when it is no longer used.</summary>
    /// <param name="input">The data. Only its schema is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no text.</exception>
    public TTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        Columns.Bind(input.Schema);
        return Create(_host);
    }

    private protected abstract TTransformer Create(IHostEnvironment env);
}
