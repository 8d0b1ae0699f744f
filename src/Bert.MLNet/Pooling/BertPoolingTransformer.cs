using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Pooling;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Internal.Utilities;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertPoolingTransformer), null, typeof(SignatureLoadModel), "BERT pooling",
    BertPoolingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of pooled vectors for columns of hidden states. Created by <see cref="BertPoolingEstimator"/> or loaded from a model
/// file.
/// </summary>
/// <remarks>Thread-safe: several cursors and threads can use one transformer. It holds no resources that need disposal.</remarks>
public sealed partial class BertPoolingTransformer : IOnnxStep
{
    internal const string LoaderSignature = "BertPooling";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTPOOL", LoaderSignature);

    private readonly BertPoolingEstimator.Options _options;
    private readonly RowStep _step;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertPoolingTransformer(IHostEnvironment env, BertPoolingEstimator.Options options)
    {
        _options = options;
        _step = new RowStep(
            env.Register(nameof(BertPoolingTransformer)), this, schema => new Mapper(options, PoolingColumns.Bind(schema, options)));
    }

    internal static BertPoolingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Format);
        bool isCurrent = ctx.Header.ModelVerWritten >= ComponentVersion.OptionsAsJson;
        return new(env, (isCurrent ? SavedOptions.Load<BertPoolingEstimator.Options>(ctx) : ReadV1(ctx)).Resolve());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _step.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or has a type or dimensions that do not fit.</exception>
    public IDataView Transform(IDataView input) => _step.Transform(input);

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _step.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Format);
        SavedOptions.Save(ctx, _options);
    }

    void IOnnxStep.SaveAsOnnx(StepGraph graph) => PoolingPart.AddTo(graph, _options);

    private sealed class Mapper(BertPoolingEstimator.Options options, PoolingColumns columns) : RowMapper
    {
        private int Size => HiddenStatePooler.Size(options.Pooling, columns.Width);

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns =>
            [new(options.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, Size))];

        public override IReadOnlyList<int> InputColumns { get; } =
            [
                .. new[] { columns.Hidden, columns.Layers, columns.Mask, columns.Ids }.OfType<DataViewSchema.Column>()
                    .Select(column => column.Index),
            ];

        public override Func<int, Delegate> CreateGetters(DataViewRow input) => _ => CreateGetter(input);

        private ValueGetter<VBuffer<float>> CreateGetter(DataViewRow row)
        {
            StatesReader? hidden = columns.Hidden is { } hiddenColumn ? new StatesReader(row, hiddenColumn) : null;
            StatesReader? layers = columns.Layers is { } layersColumn ? new StatesReader(row, layersColumn) : null;
            TokenInputColumn.Reader? readMask = columns.Mask is { } maskColumn ? TokenInputColumn.CreateReader(row, maskColumn) : null;
            TokenInputColumn.Reader? readIds = columns.Ids is { } idsColumn ? TokenInputColumn.CreateReader(row, idsColumn) : null;
            long[] mask = [], ids = [];
            float[] weights = [];
            return (ref VBuffer<float> value) =>
            {
                ReadOnlySpan<float> last = hidden is null ? default : hidden.Read();
                ReadOnlySpan<float> several = layers is null ? default : layers.ReadLast(options.NumberOfLastLayers);
                int tokens = hidden is null ? several.Length / options.NumberOfLastLayers / columns.Width : last.Length / columns.Width;
                int length = readMask is null ? 0 : readMask(ref mask);
                if (tokens == 0)
                    throw new InvalidOperationException($"Row {row.Position} has no hidden states to pool.");
                if (hidden is not null && layers is not null && several.Length != options.NumberOfLastLayers * last.Length)
                    throw new InvalidOperationException(
                        $"Row {row.Position} has other tokens in column '{options.HiddenStatesColumnName}' " +
                        $"than its {tokens} in '{options.InputColumnName}'. Take both from one encoder.");
                if (readMask is not null && length != tokens)
                    throw new InvalidOperationException(
                        $"Row {row.Position} has {length} values in column '{options.AttentionMaskColumnName}', but {tokens} tokens. " +
                        "They must have one for each token.");
                if (readIds is not null && readIds(ref ids) is var count && count != tokens)
                    throw new InvalidOperationException(
                        $"Row {row.Position} has {count} values in column '{options.InputIdsColumnName}', but {tokens} tokens. " +
                        "They must have one for each token.");
                if (readIds is not null)
                    Weigh(ids.AsSpan(0, tokens), ref weights, row.Position);
                ReadOnlySpan<long> counts = mask.AsSpan(0, length);
                // [CLS] is the first token that is not padding, on whichever side the padding is.
                int cls = Math.Max(0, counts.IndexOfAnyExcept(0));
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, Size);
                HiddenStatePooler.Pool(options.Pooling, options.Normalize, columns.Width, last, several, counts,
                    readIds is null ? default : weights.AsSpan(0, tokens), cls, editor.Values);
                value = editor.Commit();
            };
        }

        private void Weigh(ReadOnlySpan<long> ids, ref float[] weights, long position)
        {
            if (weights.Length < ids.Length)
                weights = new float[ids.Length];
            for (int i = 0; i < ids.Length; i++)
            {
                weights[i] = (ulong)ids[i] < (ulong)options.TokenWeights!.Count
                    ? options.TokenWeights[(int)ids[i]]
                    : throw new InvalidOperationException(
                        $"Row {position} has the token id {ids[i]} in column '{options.InputIdsColumnName}', " +
                        $"and {nameof(BertPoolingEstimator.Options.TokenWeights)} has {options.TokenWeights.Count} weights. " +
                        "Give one for each token of the vocabulary.");
            }
        }
    }

    /// <summary>Reads a column of hidden states. The values remain valid until the next read.</summary>
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

        /// <summary>Returns the last of the layers that the column's first dimension counts.</summary>
        public ReadOnlySpan<float> ReadLast(int layers) =>
            Read()[^(_values.Length / ((VectorDataViewType)column.Type).Dimensions[0] * layers)..];
    }
}
