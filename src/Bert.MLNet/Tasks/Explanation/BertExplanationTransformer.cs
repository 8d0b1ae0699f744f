using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertExplanationTransformer), null, typeof(SignatureLoadModel), "BERT explanation",
    BertExplanationTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of words and their weights for one or two columns of texts. Created by <see cref="BertExplanationEstimator"/> or loaded
/// from a model file.
/// </summary>
/// <inheritdoc/>
public sealed class BertExplanationTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertExplanation";

    private static readonly VersionInfo Format = ComponentVersion.Create(
        "BERTEXPL", LoaderSignature, canReadBack: ComponentVersion.OptionsAsJson);

    private readonly IExplainer _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertExplanationTransformer(IHostEnvironment env, BertExplanationEstimator.Options options) : base(env, options)
    {
        _task = options.Method == BertExplanationMethod.IntegratedGradients ? new GradientTask(options) : new OcclusionTask(options);
    }

    private protected override VersionInfo Version => Format;

    /// <summary>Explains texts without a data view.</summary>
    /// <param name="texts">
    /// Any number of texts. They are read ahead and batched as a cursor does. Null is treated as empty text.
    /// </param>
    /// <param name="pairs">
    /// The second texts, one for each text; null for a step that reads one text. Null items are treated as empty text.
    /// </param>
    /// <param name="cancellationToken">Stops the work before the next text is read or the next batch is computed.</param>
    /// <returns>The explanation of each text or pair, in the same order.</returns>
    /// <exception cref="ArgumentException">
    /// There are no second texts, but the step reads two, or the other way round, or their number differs.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="InvalidOperationException">A text cannot be computed; the message names it.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public IReadOnlyList<BertExplanation> Explain(
        IEnumerable<string?> texts, IEnumerable<string?>? pairs = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        CheckNotDisposed();
        return [.. _task.Explain(texts, pairs, this, cancellationToken)];
    }

    internal static BertExplanationTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertExplanationEstimator.Options>(env, ctx, Format).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(inputSchema);
}
