using Bert.MLNet;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertPoolingTransformer), null, typeof(SignatureLoadModel), "BERT pooling", BertPoolingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds a column of pooled vectors to columns of hidden states. Made by <see cref="BertPoolingEstimator"/> or loaded from a model file.</summary>
/// <remarks>Thread-safe. It computes row by row and holds nothing that needs disposal.</remarks>
public sealed class BertPoolingTransformer : ITransformer
{
    internal const string LoaderSignature = "BertPooling";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTPOOL", LoaderSignature);

    private readonly IHost _host;
    private readonly PoolingSettings _settings;

    internal BertPoolingTransformer(IHostEnvironment env, PoolingSettings settings)
    {
        _host = env.Register(nameof(BertPoolingTransformer));
        _settings = settings;
    }

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema of the data after this step.</summary>
    /// <param name="inputSchema">The schema of the data before it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        return Map(new EmptyDataView(_host, inputSchema)).OutputSchema;
    }

    /// <summary>The data with the vectors added. Nothing is computed before a cursor asks for them.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
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

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    internal static BertPoolingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        return new BertPoolingTransformer(env, PoolingSettings.Load(ctx));
    }

    private void Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        _settings.Save(ctx);
    }

    private RowToRowMapperTransform Map(IDataView input) => new(_host, input, new Mapper(this, input.Schema), schema => new Mapper(this, schema));

    private sealed class Mapper(BertPoolingTransformer parent, DataViewSchema schema) : IRowMapper
    {
        private readonly PoolingColumns _columns = parent._settings.Bind(schema);

        private int Size => BertPooler.Size(parent._settings.Pooling, _columns.Width);

        public DataViewSchema.DetachedColumn[] GetOutputColumns() =>
            [new(parent._settings.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, Size))];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput) => activeOutput(0)
            ? column => column == _columns.Hidden?.Index || column == _columns.Layers?.Index || column == _columns.Mask?.Index
            : _ => false;

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return activeOutput(0) ? [CreateGetter(input)] : [null!];
        }

        public ITransformer GetTransformer() => parent;

        public void Save(ModelSaveContext ctx) => parent.Save(ctx);

        private ValueGetter<VBuffer<float>> CreateGetter(DataViewRow row)
        {
            PoolingSettings settings = parent._settings;
            StatesReader? hidden = _columns.Hidden is { } hiddenColumn ? new StatesReader(row, hiddenColumn) : null;
            StatesReader? layers = _columns.Layers is { } layersColumn ? new StatesReader(row, layersColumn) : null;
            TokenColumn.Reader? readMask = _columns.Mask is { } maskColumn ? TokenColumn.CreateReader(row, maskColumn) : null;
            long[] mask = [];
            return (ref VBuffer<float> value) =>
            {
                ReadOnlySpan<float> last = hidden is null ? default : hidden.Read();
                ReadOnlySpan<float> several = layers is null ? default : layers.ReadLast(settings.NumberOfLastLayers);
                int tokens = hidden is null ? several.Length / settings.NumberOfLastLayers / _columns.Width : last.Length / _columns.Width;
                int length = readMask is null ? 0 : readMask(ref mask);
                if (tokens == 0)
                    throw new InvalidOperationException($"Row {row.Position} has no hidden states to pool.");
                if (readMask is not null && length != tokens)
                    throw new InvalidOperationException($"Row {row.Position} has {length} values in column '{settings.Mask}', but {tokens} tokens. They must have one for each token.");
                ReadOnlySpan<long> counts = mask.AsSpan(0, length);
                // [CLS] is the first token that is no padding, on whichever side the padding stands.
                int cls = Math.Max(0, counts.IndexOfAnyExcept(0));
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, Size);
                BertPooler.Pool(settings.Pooling, settings.Normalize, _columns.Width, last, several, counts, cls, editor.Values);
                value = editor.Commit();
            };
        }
    }

    /// <summary>Reads a column of hidden states; the values stay until the next read.</summary>
    private sealed class StatesReader(DataViewRow row, DataViewSchema.Column column)
    {
        private readonly ValueGetter<VBuffer<float>> _getter = row.GetGetter<VBuffer<float>>(column);
        private VBuffer<float> _values;

        public ReadOnlySpan<float> Read()
        {
            _getter(ref _values);
            VBufferUtils.Densify(ref _values);
            return _values.GetValues();
        }

        /// <summary>The last of the layers that the column's first dimension counts.</summary>
        public ReadOnlySpan<float> ReadLast(int layers) => Read()[^(_values.Length / ((VectorDataViewType)column.Type).Dimensions[0] * layers)..];
    }
}
