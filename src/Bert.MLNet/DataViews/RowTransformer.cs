using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>A transformer that computes row by row, as ML.NET's own do. Base of the transformers that run no encoder.</summary>
/// <remarks>Thread-safe: any number of cursors and threads may use one transformer. It holds nothing that needs disposal.</remarks>
public abstract class RowTransformer : ITransformer
{
    private readonly IHost _host;

    private protected RowTransformer(IHost host) => _host = host;

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema of the data after this step.</summary>
    /// <param name="inputSchema">The schema of the data before it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(_host, inputSchema)).OutputSchema;
    }

    /// <summary>The data with the columns of this step added. Nothing is computed before a cursor asks for one of them.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return Map(input);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(_host, inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        _host.CheckValue(ctx, nameof(ctx));
        SaveModel(ctx);
    }

    /// <summary>Binds to a schema, whose columns are checked here.</summary>
    private protected abstract RowMapper Bind(DataViewSchema inputSchema);

    private protected abstract void SaveModel(ModelSaveContext ctx);

    private RowToRowMapperTransform Map(IDataView input) =>
        new(_host, input, new Adapter(this, Bind(input.Schema)), schema => new Adapter(this, Bind(schema)));

    /// <summary>A mapper as ML.NET wants it.</summary>
    private sealed class Adapter(RowTransformer transformer, RowMapper mapper) : IRowMapper, ISaveAsOnnx
    {
        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. mapper.OutputColumns];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) =>
            Enumerable.Range(0, mapper.OutputColumns.Count).Any(activeOutput) ? mapper.InputColumns.Contains : _ => false;

        public Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            // The inputs are active, and may be read, only where an output is.
            Func<int, Delegate>? create = null;
            return [.. Enumerable.Range(0, mapper.OutputColumns.Count).Select(output => activeOutput(output) ? (create ??= mapper.CreateGetters(input))(output) : null)];
        }

        public ITransformer GetTransformer() => transformer;

        public void Save(ModelSaveContext ctx) => transformer.SaveModel(ctx);

        public bool CanSaveOnnx(OnnxContext ctx) => throw OnnxExport.NotSupported(transformer);

        public void SaveAsOnnx(OnnxContext ctx) => throw OnnxExport.NotSupported(transformer);
    }
}
