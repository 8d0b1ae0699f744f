using System.Numerics.Tensors;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertPairEmbeddingTransformer), null, typeof(SignatureLoadModel), "BERT pair embedding", BertPairEmbeddingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds a column of features to two columns of texts. Made by <see cref="BertPairEmbeddingEstimator"/> or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed class BertPairEmbeddingTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertPairEmbedding";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTPAIR", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly TextEmbedder _embedder;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName1;
    private readonly string _inputColumnName2;
    private readonly string? _cosineColumnName;
    private readonly PairFeatureVector _features;

    internal BertPairEmbeddingTransformer(IHostEnvironment env, BertModel model, EmbeddingSettings settings, BertPairEmbeddingEstimator.Options options)
        : base(env.Register(nameof(BertPairEmbeddingTransformer)), options.Batching)
    {
        _features = new PairFeatureVector(options.Features, settings.Dimension(model));
        _outputColumnName = options.OutputColumnName;
        _inputColumnName1 = options.InputColumnName1;
        _inputColumnName2 = options.InputColumnName2;
        _cosineColumnName = options.CosineColumnName;
        _embedder = new TextEmbedder(model, settings);
    }

    private BertPairEmbeddingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env.Register(nameof(BertPairEmbeddingTransformer)), BertBatchOptions.Load(ctx.Reader))
    {
        _outputColumnName = ctx.LoadNonEmptyString();
        _inputColumnName1 = ctx.LoadNonEmptyString();
        _inputColumnName2 = ctx.LoadNonEmptyString();
        _cosineColumnName = ctx.LoadStringOrNull();
        var parts = (BertPairFeatures)ctx.Reader.ReadInt32();
        BertModel model = BertModel.Load(ctx);
        EmbeddingSettings settings = EmbeddingSettings.Load(ctx.Reader, model);
        _features = new PairFeatureVector(parts, settings.Dimension(model));
        _embedder = new TextEmbedder(model, settings);
    }

    private protected override void Release() => _embedder.Dispose();

    internal static BertPairEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        return new BertPairEmbeddingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        ctx.SaveNonEmptyString(_outputColumnName);
        ctx.SaveNonEmptyString(_inputColumnName1);
        ctx.SaveNonEmptyString(_inputColumnName2);
        ctx.SaveStringOrNull(_cosineColumnName);
        ctx.Writer.Write((int)_features.Parts);
        _embedder.Save(ctx);
    }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => new Mapper(
        this,
        InputColumn.FindText(inputSchema, _inputColumnName1, nameof(BertPairEmbeddingEstimator.Options.InputColumnName1)),
        InputColumn.FindText(inputSchema, _inputColumnName2, nameof(BertPairEmbeddingEstimator.Options.InputColumnName2)));

    private sealed class Row
    {
        public TextItem[] Texts { get; } = [new(), new()];
    }

    /// <summary>The two texts of a row are two items: each is batched with others of its length, wherever they stand.</summary>
    private sealed class Mapper(BertPairEmbeddingTransformer parent, DataViewSchema.Column text1, DataViewSchema.Column text2) : BatchMapper<Row, TextItem>
    {
        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; } =
        [
            new(parent._outputColumnName, new VectorDataViewType(NumberDataViewType.Single, parent._features.Dimension)),
            .. parent._cosineColumnName is { } cosine ? new DataViewSchema.DetachedColumn[] { new(cosine, NumberDataViewType.Single) } : [],
        ];

        public override IReadOnlyList<int> InputColumns { get; } = [text1.Index, text2.Index];

        public override Action<Row> CreateReader(DataViewRow input)
        {
            var getter1 = input.GetGetter<ReadOnlyMemory<char>>(text1);
            var getter2 = input.GetGetter<ReadOnlyMemory<char>>(text2);
            return row =>
            {
                getter1(ref row.Texts[0].Text);
                getter2(ref row.Texts[1].Text);
            };
        }

        public override void Prepare(Row row)
        {
            parent._embedder.Tokenize(row.Texts[0]);
            parent._embedder.Tokenize(row.Texts[1]);
        }

        public override ReadOnlySpan<TextItem> ItemsOf(Row row) => row.Texts;

        public override void Run(ReadOnlySpan<TextItem> batch, ReadOnlySpan<bool> activeOutputs) => parent._embedder.Run(batch);

        public override Delegate CreateGetter(int output, Func<Row> current) => output == 0 ? FeaturesGetter(current) : CosineGetter(current);

        public override string Describe(Row row) =>
            $"{InputColumn.Describe(text1.Name, row.Texts[0].Text.Span)} and {InputColumn.Describe(text2.Name, row.Texts[1].Text.Span)}";

        private ValueGetter<VBuffer<float>> FeaturesGetter(Func<Row> current) => (ref VBuffer<float> value) =>
        {
            TextItem[] texts = current().Texts;
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, parent._features.Dimension);
            parent._features.Fill(texts[0].Vector, texts[1].Vector, editor.Values);
            value = editor.Commit();
        };

        private static ValueGetter<float> CosineGetter(Func<Row> current) => (ref float value) =>
        {
            TextItem[] texts = current().Texts;
            float norms = TensorPrimitives.Norm(texts[0].Vector) * TensorPrimitives.Norm(texts[1].Vector);
            value = norms > 0 ? Math.Clamp(TensorPrimitives.Dot<float>(texts[0].Vector, texts[1].Vector) / norms, -1, 1) : 0;
        };
    }
}
