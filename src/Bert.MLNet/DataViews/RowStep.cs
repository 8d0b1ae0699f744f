using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.DataViews;

/// <summary>The implementation of transformers that compute row by row, as ML.NET's own do. Thread-safe.</summary>
/// <param name="host">The host that receives messages.</param>
/// <param name="transformer">The transformer.</param>
/// <param name="bind">Binds the transformer to a schema and checks its columns.</param>
internal sealed class RowStep(IHost host, ITransformer transformer, Func<DataViewSchema, RowMapper> bind)
{
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => GetRowToRowMapper(inputSchema).OutputSchema;

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public IDataView Transform(IDataView input)
    {
        host.CheckValue(input, nameof(input));
        return Map(input);
    }

    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type that does not fit.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(host, inputSchema));
    }

    private RowToRowMapperTransform Map(IDataView input) =>
        new(host, input, new Adapter(transformer, bind(input.Schema)), schema => new Adapter(transformer, bind(schema)));

    /// <summary>Adapts a mapper to ML.NET's interface.</summary>
    private sealed class Adapter(ITransformer transformer, RowMapper mapper) : IRowMapper, ISaveAsOnnx
    {
        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. mapper.OutputColumns];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) =>
            Enumerable.Range(0, mapper.OutputColumns.Count).Any(activeOutput) ? mapper.InputColumns.Contains : _ => false;

        public Delegate?[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            // The inputs are active, and can be read, only if an output is.
            Func<int, Delegate>? create = null;
            return
            [
                .. Enumerable.Range(0, mapper.OutputColumns.Count)
                    .Select(output => activeOutput(output) ? (create ??= mapper.CreateGetters(input))(output) : null),
            ];
        }

        public ITransformer GetTransformer() => transformer;

        public void Save(ModelSaveContext ctx) => transformer.Save(ctx);

        public bool CanSaveOnnx(OnnxContext ctx) => OnnxSteps.CanSave(transformer, ctx);

        public void SaveAsOnnx(OnnxContext ctx) => OnnxSteps.Save(transformer, ctx);
    }
}
