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
public sealed class BertEmbeddingTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertEmbedding";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTEMBD", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly TextEmbedder _embedder;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;

    internal BertEmbeddingTransformer(IHostEnvironment env, BertModel model, EmbeddingSettings settings, BertEmbeddingEstimator.Options options)
        : base(env.Register(nameof(BertEmbeddingTransformer)), options.Batching)
    {
        _embedder = new TextEmbedder(model, settings);
        _outputColumnName = options.OutputColumnName;
        _inputColumnName = options.InputColumnName;
    }

    private BertEmbeddingTransformer(IHostEnvironment env, ModelLoadContext ctx)
        : base(env.Register(nameof(BertEmbeddingTransformer)), BertBatchOptions.Load(ctx.Reader))
    {
        _outputColumnName = ctx.LoadNonEmptyString();
        _inputColumnName = ctx.LoadNonEmptyString();
        _embedder = TextEmbedder.Load(ctx);
    }

    /// <summary>The checkpoint.</summary>
    public BertModel Model => _embedder.Model;

    /// <summary>The number of values of a vector.</summary>
    public int Dimension => _embedder.Dimension;

    /// <summary>An embedding of texts for programs that have no pipeline; see <see cref="Embed"/>. In one, it turns "Text" into "Features".</summary>
    /// <param name="model">The checkpoint. Those who use one in several ways share its weights and, where they want the same of it, its session.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static BertEmbeddingTransformer Create(BertModel model, BertEmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        return new(new MLContext(), model, EmbeddingSettings.Create(model, options), new() { Batching = options.Batching });
    }

    /// <summary>The vectors of texts, without a data view: to the last bit those that <see cref="BatchTransformer.Transform"/> gives for a view of these texts.</summary>
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
        schema.AddColumn(_inputColumnName, TextDataViewType.Instance);
        IEnumerable<VectorRow> rows = texts.Select(text => new VectorRow { Text = text.AsMemory() });
        return
        [
            .. EnumeratedRows.Compute(rows, this, BindTo(schema.ToSchema()), Batching, [true], cancellationToken)
                .Select(row => new BertEmbedding(row.Vector(), row.Items[0].Length)),
        ];
    }

    private protected override void Release() => _embedder.Dispose();

    internal static BertEmbeddingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        return new BertEmbeddingTransformer(env, ctx);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        ctx.SaveNonEmptyString(_outputColumnName);
        ctx.SaveNonEmptyString(_inputColumnName);
        _embedder.Save(ctx);
    }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => BindTo(inputSchema);

    private BatchMapper<VectorRow, TokenSequence<float[]>> BindTo(DataViewSchema schema)
    {
        var columns = new StepColumns(
            [(_inputColumnName, nameof(BertEmbeddingEstimator.Options.InputColumnName))],
            [new(_outputColumnName, new VectorDataViewType(NumberDataViewType.Single, Dimension))]);
        return _embedder.Bind(columns, schema, (_, current) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            ReadOnlySpan<float> vector = current().Vector();
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, vector.Length);
            vector.CopyTo(editor.Values);
            value = editor.Commit();
        }));
    }
}
