using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertExtractiveSummarizerTransformer), null, typeof(SignatureLoadModel), "BERT extractive summarizer",
    BertExtractiveSummarizerTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of summaries and scored sentences for a column of texts. Created by <see cref="BertExtractiveSummarizerEstimator"/> or
/// loaded from a model file.
/// </summary>
/// <inheritdoc/>
public sealed class BertExtractiveSummarizerTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertExtractSummary";

    private static readonly VersionInfo Format = ComponentVersion.Create(
        "BERTEXSU", LoaderSignature, canReadBack: ComponentVersion.OptionsAsJson);

    private readonly ISummarizer _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertExtractiveSummarizerTransformer(IHostEnvironment env, BertExtractiveSummarizerEstimator.Options options)
        : base(env, options) => _task = ISummarizer.Open(options);

    /// <summary>Creates a predictor of summaries from texts. It uses this transformer and does not dispose of it.</summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, BertSummary> CreateExtractiveSummarizer()
    {
        CheckNotDisposed();
        return new(this, Batching, _task.CreatePrediction(this, Batching));
    }

    private protected override VersionInfo Version => Format;

    internal static BertExtractiveSummarizerTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertExtractiveSummarizerEstimator.Options>(env, ctx, Format).ResolveAll());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(inputSchema);
}
