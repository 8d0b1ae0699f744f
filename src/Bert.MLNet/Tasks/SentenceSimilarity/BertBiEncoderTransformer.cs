using System.Numerics.Tensors;
using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertBiEncoderTransformer), null, typeof(SignatureLoadModel), "BERT bi-encoder", BertBiEncoderTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of scores to two columns of texts: the cosine of their vectors, on the scale of the labels that it was trained on. Made by
/// <see cref="SentenceSimilarityTrainer"/>, or loaded from a model file.
/// </summary>
/// <remarks>
/// The vectors are those that <c>ApplyBertEmbedding</c> gives with <see cref="BertTaskTransformer.Model"/>, so that they can be computed once a
/// text and searched; saved by <see cref="BertModel.SavePretrained"/>, they are those of a sentence-transformers folder. Thread-safe. Holds a
/// native session until it is disposed; transformers over one <see cref="BertModel"/> share it.
/// </remarks>
public sealed class BertBiEncoderTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertBiEncoder";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTBIEN", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly PairScoreColumns _names;
    private readonly StepColumns _columns;
    private readonly TextEmbedder _embedder;

    internal BertBiEncoderTransformer(IHostEnvironment env, BertModel model, PairScoreColumns names, float minimum, float maximum, BertBatchOptions batching)
        : base(env, nameof(BertBiEncoderTransformer), model, batching)
    {
        (_names, MinimumLabel, MaximumLabel) = (names, minimum, maximum);
        _columns = names.ToTextColumns();
        _embedder = new TextEmbedder(model, EmbeddingSettings.Create(model, new BertEmbeddingOptions()));
    }

    /// <summary>The score of two texts whose vectors have the cosine 0.</summary>
    public float MinimumLabel { get; }

    /// <summary>The score of two texts whose vectors have the cosine 1.</summary>
    public float MaximumLabel { get; }

    private protected override void Release() => _embedder.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertBiEncoderTransformer Create(IHostEnvironment env, ModelLoadContext ctx) => Load(ctx, Format, (model, batching) =>
        new BertBiEncoderTransformer(env, model, PairScoreColumns.Load(ctx), ctx.Reader.ReadSingle(), ctx.Reader.ReadSingle(), batching));

    private protected override void SaveSettings(ModelSaveContext ctx)
    {
        _names.Save(ctx);
        ctx.Writer.Write(MinimumLabel);
        ctx.Writer.Write(MaximumLabel);
    }

    // The two texts of a row are two sequences: each is batched with others of its length, wherever they stand.
    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _embedder.Bind(_columns, inputSchema, (_, current) => Score(current));

    private ValueGetter<float> Score(Func<VectorRow> current) => (ref float value) =>
    {
        VectorRow row = current();
        float cosine = TensorPrimitives.CosineSimilarity<float>(row.Vector(0), row.Vector(1));
        // A vector of zeros has no direction.
        value = MinimumLabel + (MaximumLabel - MinimumLabel) * (float.IsNaN(cosine) ? 0 : cosine);
    };
}
