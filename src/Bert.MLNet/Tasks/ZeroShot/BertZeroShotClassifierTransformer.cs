using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertZeroShotClassifierTransformer), null, typeof(SignatureLoadModel), "BERT zero-shot classifier",
    BertZeroShotClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of labels and scores for a column of texts and any candidate labels. Created by
/// <see cref="BertZeroShotClassifierEstimator"/> or loaded from a model file.
/// </summary>
/// <inheritdoc/>
public sealed class BertZeroShotClassifierTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertZeroShotClassifier";

    private static readonly VersionInfo Format = ComponentVersion.Create(
        "BERTZERO", LoaderSignature, canReadBack: ComponentVersion.OptionsAsJson);

    private readonly BertZeroShotClassifierEstimator.Options _options;
    private readonly ZeroShotTask _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertZeroShotClassifierTransformer(IHostEnvironment env, BertZeroShotClassifierEstimator.Options options) : base(env, options)
    {
        _options = options;
        _task = new ZeroShotTask(options);
    }

    /// <summary>
    /// Creates a predictor of the candidate labels of texts with their scores, highest first. It uses this transformer and does not dispose
    /// of it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The transformer reads each row's labels from a column.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, IReadOnlyList<BertLabelScore>> CreateZeroShotClassifier()
    {
        if (_options.CandidateLabelsColumnName is { } column)
            throw new InvalidOperationException(
                $"The classifier reads each row's labels from column '{column}'. Set {nameof(_options.CandidateLabels)} instead, or use " +
                "it with a data view.");
        return CreatePredictor(
            Bind(ZeroShotOutputs.ColumnsOf(_options).InputSchema),
            (string text) => [new ZeroShotRow { Text = text.AsMemory() }],
            rows => ZeroShotOutputs.Sorted(_task.Scored(rows[0])));
    }

    private protected override VersionInfo Version => Format;

    internal static BertZeroShotClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertZeroShotClassifierEstimator.Options>(env, ctx, Format).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper<ZeroShotRow, TokenSequence<float[]>> Bind(DataViewSchema inputSchema) =>
        _task.Bind(ZeroShotOutputs.ColumnsOf(_options), ZeroShotOutputs.AnswersOf(_options), inputSchema);
}
