using Bert.MLNet;
using Bert.MLNet.DataViews;
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
public sealed class BertPoolingTransformer : RowTransformer
{
    internal const string LoaderSignature = "BertPooling";

    /// <summary>The first format with weights of tokens.</summary>
    private const uint Weighted = 0x00010002;

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTPOOL", LoaderSignature, written: Weighted, readable: Weighted);

    private readonly PoolingSettings _settings;

    internal BertPoolingTransformer(IHostEnvironment env, PoolingSettings settings)
        : base(env.Register(nameof(BertPoolingTransformer))) => _settings = settings;

    internal static BertPoolingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        return new BertPoolingTransformer(env, PoolingSettings.Load(ctx, ctx.Header.ModelVerWritten >= Weighted));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        _settings.Save(ctx);
    }

    private protected override RowMapper Bind(DataViewSchema inputSchema) => new Mapper(_settings, _settings.Bind(inputSchema));

    private sealed class Mapper(PoolingSettings settings, PoolingColumns columns) : RowMapper
    {
        private int Size => HiddenStatePooler.Size(settings.Pooling, columns.Width);

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns =>
            [new(settings.OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, Size))];

        public override IReadOnlyList<int> InputColumns { get; } =
            [.. new[] { columns.Hidden, columns.Layers, columns.Mask, columns.Ids }.OfType<DataViewSchema.Column>().Select(column => column.Index)];

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
                ReadOnlySpan<float> several = layers is null ? default : layers.ReadLast(settings.NumberOfLastLayers);
                int tokens = hidden is null ? several.Length / settings.NumberOfLastLayers / columns.Width : last.Length / columns.Width;
                int length = readMask is null ? 0 : readMask(ref mask);
                if (tokens == 0)
                    throw new InvalidOperationException($"Row {row.Position} has no hidden states to pool.");
                if (hidden is not null && layers is not null && several.Length != settings.NumberOfLastLayers * last.Length)
                    throw new InvalidOperationException($"Row {row.Position} has other tokens in column '{settings.Layers}' than its {tokens} in '{settings.Hidden}'. Take both from one encoder.");
                if (readMask is not null && length != tokens)
                    throw new InvalidOperationException($"Row {row.Position} has {length} values in column '{settings.Mask}', but {tokens} tokens. They must have one for each token.");
                if (readIds is not null && readIds(ref ids) is var count && count != tokens)
                    throw new InvalidOperationException($"Row {row.Position} has {count} values in column '{settings.Ids}', but {tokens} tokens. They must have one for each token.");
                if (readIds is not null)
                    Weigh(ids.AsSpan(0, tokens), ref weights, row.Position);
                ReadOnlySpan<long> counts = mask.AsSpan(0, length);
                // [CLS] is the first token that is no padding, on whichever side the padding stands.
                int cls = Math.Max(0, counts.IndexOfAnyExcept(0));
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, Size);
                HiddenStatePooler.Pool(settings.Pooling, settings.Normalize, columns.Width, last, several, counts, readIds is null ? default : weights.AsSpan(0, tokens), cls, editor.Values);
                value = editor.Commit();
            };
        }

        private void Weigh(ReadOnlySpan<long> ids, ref float[] weights, long position)
        {
            if (weights.Length < ids.Length)
                weights = new float[ids.Length];
            for (int i = 0; i < ids.Length; i++)
            {
                weights[i] = (ulong)ids[i] < (ulong)settings.TokenWeights!.Count
                    ? settings.TokenWeights[(int)ids[i]]
                    : throw new InvalidOperationException(
                        $"Row {position} has the token id {ids[i]} in column '{settings.Ids}', and {nameof(BertPoolingEstimator.Options.TokenWeights)} has {settings.TokenWeights.Count} weights. Give one for each token of the vocabulary.");
            }
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
