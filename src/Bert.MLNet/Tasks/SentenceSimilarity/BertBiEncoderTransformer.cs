using System.Numerics.Tensors;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertBiEncoderTransformer), null, typeof(SignatureLoadModel), "BERT bi-encoder",
    BertBiEncoderTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds a column of scores for two columns of texts: their vectors' cosine, on the scale of the training labels.</summary>
/// <remarks>
/// Created by <see cref="SentenceSimilarityTrainer"/> or loaded from a model file. The vectors are those of
/// <c>ApplyBertEmbedding</c> with <see cref="BertTransformer.Model"/>, so that they can be computed once for each text and
/// searched. A folder saved by <see cref="BertModel.SavePretrained"/> computes them in sentence-transformers. Thread-safe. Holds a
/// native session until it is disposed. Transformers over the same <see cref="BertModel"/> share it.
/// </remarks>
public sealed partial class BertBiEncoderTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertBiEncoder";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTBIEN", LoaderSignature);

    private readonly Options _options;
    private readonly StepColumns _columns;
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _embedder;

    /// <summary>The options that training determines. Immutable.</summary>
    internal sealed record Options : BertStepOptions
    {
        public required string OutputColumnName { get; init; }

        public required string InputColumnName { get; init; }

        public required string PairColumnName { get; init; }

        public required float MinimumLabel { get; init; }

        public required float MaximumLabel { get; init; }
    }

    internal BertBiEncoderTransformer(IHostEnvironment env, Options options) : base(env, options)
    {
        _options = options;
        _columns = PairScoreColumns.Of(options.InputColumnName, options.PairColumnName, options.OutputColumnName);
        _embedder = TextEmbedder.Open(new BertEmbeddingOptions { Model = options.Checkpoint }.Resolve());
    }

    /// <summary>The score of two texts whose vectors have a cosine of 0.</summary>
    public float MinimumLabel => _options.MinimumLabel;

    /// <summary>The score of two texts whose vectors have a cosine of 1.</summary>
    public float MaximumLabel => _options.MaximumLabel;

    private protected override VersionInfo Version => Format;

    internal static BertBiEncoderTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => new(env, Load(env, ctx, Format, ReadV1));

    private protected override void Release() => _embedder.Dispose();

    // The two texts of a row are two sequences. Each is batched with sequences of similar length from any row.
    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        _embedder.Bind(_columns, inputSchema, (_, current) => Score(current));

    private ValueGetter<float> Score(Func<VectorRow> current) => (ref float value) =>
    {
        VectorRow row = current();
        float cosine = TensorPrimitives.CosineSimilarity<float>(row.Vector(0), row.Vector(1));
        // A zero vector has no direction.
        value = MinimumLabel + (MaximumLabel - MinimumLabel) * (float.IsNaN(cosine) ? 0 : cosine);
    };
}
