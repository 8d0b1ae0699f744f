using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertEmbeddingTransformer), null, typeof(SignatureLoadModel), "BERT embedding",
    BertEmbeddingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds a column of vectors for a column of texts. Created by <see cref="BertEmbeddingEstimator"/> or loaded from a model file.
/// </summary>
/// <remarks>
/// Thread-safe. Holds a native session until it is disposed. Transformers over the same <see cref="BertModel"/> share it.
/// </remarks>
public sealed partial class BertEmbeddingTransformer : BertTransformer, IOnnxStep
{
    internal const string LoaderSignature = "BertEmbedding";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTEMBD", LoaderSignature);

    private readonly BertEmbeddingEstimator.Options _options;
    private readonly TextWork<VectorRow, TokenSequence<float[]>> _embedder;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertEmbeddingTransformer(IHostEnvironment env, BertEmbeddingEstimator.Options options) : base(env, options)
    {
        _options = options;
        _embedder = TextEmbedder.Open(options);
    }

    /// <summary>The number of values of a vector.</summary>
    public int Dimension => _options.Dimension;

    /// <summary>Creates an embedding of texts for programs without a pipeline; see <see cref="Embed"/>.</summary>
    /// <param name="model">
    /// The checkpoint. Transformers over the same checkpoint share its weights and, if they need the same outputs, its session.
    /// </param>
    /// <param name="options">
    /// Pooling, prompt, length and batching; null for the checkpoint's own. <paramref name="model"/> replaces their
    /// <see cref="BertStepOptions.Model"/>.
    /// </param>
    /// <returns>The transformer. In a pipeline, it reads the column "Text" and adds the column "Features".</returns>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static BertEmbeddingTransformer Create(BertModel model, BertEmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        return new(new MLContext(), (BertEmbeddingEstimator.Options)new BertEmbeddingEstimator.Options
        {
            Model = model,
            Pooling = options.Pooling,
            Normalize = options.Normalize,
            TruncateDimension = options.TruncateDimension,
            NumberOfLastLayers = options.NumberOfLastLayers,
            Prompt = options.Prompt,
            MaxLength = options.MaxLength,
            Batching = options.Batching,
            Device = options.Device,
            FallbackToCpu = options.FallbackToCpu,
        }.Resolve());
    }

    /// <summary>Computes the vectors of texts without a data view.</summary>
    /// <param name="texts">
    /// Any number of texts. They are read ahead and batched as a cursor does. Null is treated as empty text.
    /// </param>
    /// <param name="cancellationToken">Stops the work before the next text is read or the next batch is computed.</param>
    /// <returns>
    /// A vector for each text, in the same order, bit-identical to those of <see cref="BertTransformer.Transform"/> for a view of these
    /// texts.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A text cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IReadOnlyList<BertEmbedding> Embed(IEnumerable<string?> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return CreateEmbedder().Predict(texts.Select(text => text ?? ""), null, cancellationToken);
    }

    /// <summary>Creates a predictor of vectors from texts. It uses this transformer and does not dispose of it.</summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, BertEmbedding> CreateEmbedder() => CreatePredictor(
        Bind(_options.Columns.InputSchema),
        (string text) => [new VectorRow { Text = text.AsMemory() }],
        rows => new BertEmbedding(rows[0].Vector(), rows[0].Items[0].Length));

    void IOnnxStep.SaveAsOnnx(StepGraph graph) => EmbeddingPart.AddTo(graph, _options);

    private protected override VersionInfo Version => Format;

    internal static BertEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, (BertEmbeddingEstimator.Options)Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _embedder.Dispose();

    private protected override BatchMapper<VectorRow, TokenSequence<float[]>> Bind(DataViewSchema inputSchema) =>
        _embedder.Bind(_options.Columns, inputSchema, (_, current) => _options.Precision switch
        {
            BertVectorPrecision.Int8 => Getter<sbyte>(current, _options.Dimension, BertVectorQuantization.ToInt8),
            BertVectorPrecision.Binary => Getter<byte>(
                current, BertVectorQuantization.BinaryLength(_options.Dimension), BertVectorQuantization.ToBinary),
            _ => Getter<float>(current, _options.Dimension, (vector, values) => vector.CopyTo(values)),
        });

    private static ValueGetter<VBuffer<T>> Getter<T>(Func<VectorRow> current, int size, Conversion<T> convert) =>
        (ref VBuffer<T> value) =>
        {
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, size);
            convert(current().Vector(), editor.Values);
            value = editor.Commit();
        };

    private delegate void Conversion<T>(ReadOnlySpan<float> vector, Span<T> values);
}
