using Bert.MLNet;
using Bert.MLNet.DataViews;
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

    private protected override VersionInfo Version => Format;

    internal static BertZeroShotClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load<BertZeroShotClassifierEstimator.Options>(ctx, Format).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) =>
        _task.Bind(ZeroShotOutputs.ColumnsOf(_options), ZeroShotOutputs.AnswersOf(_options), inputSchema);
}
