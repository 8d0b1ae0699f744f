using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertEmbeddingTransformer), null, typeof(SignatureLoadModel), "BERT embedding", BertEmbeddingTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds a column of vectors to a column of texts. Made by <see cref="BertEmbeddingEstimator"/> or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed partial class BertEmbeddingTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertEmbedding";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTEMBD", LoaderSignature);

    private readonly BertEmbeddingEstimator.Options _options;
    private readonly TextEmbedder _embedder;

    /// <param name="env">The environment.</param>
    /// <param name="options">The options, resolved.</param>
    internal BertEmbeddingTransformer(IHostEnvironment env, BertEmbeddingEstimator.Options options) : base(env, options)
    {
        _options = options;
        _embedder = new TextEmbedder(options);
    }

    /// <summary>The number of values of a vector.</summary>
    public int Dimension => _embedder.Dimension;

    /// <summary>An embedding of texts for programs that have no pipeline; see <see cref="Embed"/>. In one, it turns "Text" into "Features".</summary>
    /// <param name="model">The checkpoint. Those who use one in several ways share its weights and, where they want the same of it, its session.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own. <paramref name="model"/> replaces their <see cref="BertStepOptions.Model"/>.</param>
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
            NumberOfLastLayers = options.NumberOfLastLayers,
            Prompt = options.Prompt,
            MaxLength = options.MaxLength,
            Batching = options.Batching,
        }.Resolve());
    }

    /// <summary>The vectors of texts, without a data view: to the last bit those that <see cref="BertTransformer.Transform"/> gives for a view of these texts.</summary>
    /// <param name="texts">The texts, of any number: they are read and gathered into batches as a cursor does it. Null is empty text.</param>
    /// <param name="cancellationToken">Ends the work before the next text is read or the next batch computed.</param>
    /// <returns>A vector for each text, in their order.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A text cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IReadOnlyList<BertEmbedding> Embed(IEnumerable<string?> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        CheckNotDisposed();
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(_options.InputColumnName, TextDataViewType.Instance);
        IEnumerable<VectorRow> rows = texts.Select(text => new VectorRow { Text = text.AsMemory() });
        return
        [
            .. EnumeratedRows.Compute(rows, this, BindTo(schema.ToSchema()), Batching, [true], cancellationToken)
                .Select(row => new BertEmbedding(row.Vector(), row.Items[0].Length)),
        ];
    }

    private protected override VersionInfo Version => Format;

    internal static BertEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, (BertEmbeddingEstimator.Options)Load(ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _embedder.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => BindTo(inputSchema);

    private BatchMapper<VectorRow, TokenSequence<float[]>> BindTo(DataViewSchema schema)
    {
        return _embedder.Bind(_options.Columns, schema, (_, current) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            ReadOnlySpan<float> vector = current().Vector();
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, vector.Length);
            vector.CopyTo(editor.Values);
            value = editor.Commit();
        }));
    }
}
