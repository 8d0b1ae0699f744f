using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertPairEmbeddingTransformer), null, typeof(SignatureLoadModel), "BERT pair embedding",
    BertPairEmbeddingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of features for two columns of texts. Created by <see cref="BertPairEmbeddingEstimator"/> or loaded from a model file.
/// </summary>
/// <remarks>
/// Thread-safe. Holds a native session until it is disposed. Transformers over the same <see cref="BertModel"/> share it.
/// </remarks>
public sealed partial class BertPairEmbeddingTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertPairEmbedding";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTPAIR", LoaderSignature);

    private readonly BertPairEmbeddingEstimator.Options _options;
    private readonly PairFeatureVector _features;
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _embedder;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertPairEmbeddingTransformer(IHostEnvironment env, BertPairEmbeddingEstimator.Options options) : base(env, options)
    {
        _options = options;
        _features = new PairFeatureVector(options.Features, options.Dimension);
        _embedder = TextEmbedder.Open(options);
    }

    private protected override VersionInfo Version => Format;

    internal static BertPairEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, (BertPairEmbeddingEstimator.Options)Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _embedder.Dispose();

    // The two texts of a row are two sequences. Each is batched with sequences of similar length from any row.
    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        _embedder.Bind(_options.Columns, inputSchema, (output, current) =>
            output == 0 ? FeaturesGetter(current) : SimilarityGetter(_options.NumberColumns[output - 1].Function, current));

    private ValueGetter<VBuffer<float>> FeaturesGetter(Func<VectorRow> current) => (ref VBuffer<float> value) =>
    {
        VectorRow row = current();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _features.Dimension);
        _features.Fill(row.Vector(0), row.Vector(1), editor.Values);
        value = editor.Commit();
    };

    private static ValueGetter<float> SimilarityGetter(BertSimilarity similarity, Func<VectorRow> current) => (ref float value) =>
    {
        VectorRow row = current();
        value = similarity.Compute(row.Vector(0), row.Vector(1));
    };
}
