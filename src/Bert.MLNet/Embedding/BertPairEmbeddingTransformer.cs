using System.Numerics.Tensors;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
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

    // The two texts of a row are two sequences: each is batched with others of its length, wherever they stand.
    private protected override BatchMapper Bind(DataViewSchema inputSchema)
    {
        (string, string)[] inputs =
        [
            (_inputColumnName1, nameof(BertPairEmbeddingEstimator.Options.InputColumnName1)),
            (_inputColumnName2, nameof(BertPairEmbeddingEstimator.Options.InputColumnName2)),
        ];
        var features = new VectorDataViewType(NumberDataViewType.Single, _features.Dimension);
        var outputs = new List<DataViewSchema.DetachedColumn> { new(_outputColumnName, features) };
        if (_cosineColumnName is not null)
            outputs.Add(new(_cosineColumnName, NumberDataViewType.Single));
        return _embedder.Bind(new StepColumns(inputs, outputs), inputSchema,
            (output, current) => output == 0 ? FeaturesGetter(current) : CosineGetter(current));
    }

    private ValueGetter<VBuffer<float>> FeaturesGetter(Func<VectorRow> current) => (ref VBuffer<float> value) =>
    {
        VectorRow row = current();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _features.Dimension);
        _features.Fill(row.Vector(0), row.Vector(1), editor.Values);
        value = editor.Commit();
    };

    private static ValueGetter<float> CosineGetter(Func<VectorRow> current) => (ref float value) =>
    {
        VectorRow row = current();
        float norms = TensorPrimitives.Norm(row.Vector(0)) * TensorPrimitives.Norm(row.Vector(1));
        value = norms > 0 ? Math.Clamp(TensorPrimitives.Dot<float>(row.Vector(0), row.Vector(1)) / norms, -1, 1) : 0;
    };
}
