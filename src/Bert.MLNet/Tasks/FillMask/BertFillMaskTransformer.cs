using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertFillMaskTransformer), null, typeof(SignatureLoadModel), "BERT fill-mask",
    BertFillMaskTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of predicted words for a column of texts with masks. Created by <see cref="BertFillMaskEstimator"/> or loaded from a
/// model file.
/// </summary>
/// <inheritdoc/>
public sealed partial class BertFillMaskTransformer : BertTransformer
{
    internal const string LoaderSignature = "BertFillMask";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTFILL", LoaderSignature);

    private readonly BertFillMaskEstimator.Options _options;
    private readonly FillMaskTask _task;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertFillMaskTransformer(IHostEnvironment env, BertFillMaskEstimator.Options options) : base(env, options)
    {
        _options = options;
        _task = new FillMaskTask(options);
    }

    /// <summary>
    /// Creates a predictor of the words behind masks: for each mask of a text in order,
    /// <see cref="BertFillMaskEstimator.Options.TopK"/> words, most probable first. It uses this transformer and does not dispose of it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public BertPredictor<string, IReadOnlyList<BertFilledMask>> CreateFillMask() => CreatePredictor(
        Bind(FillMaskOutputs.ColumnsOf(_options).InputSchema),
        (string text) => [new FillMaskTask.Row { Text = text.AsMemory() }],
        rows => BertFilledMask.Of(_task.AnswerOf(rows[0]), _options.TopK));

    private protected override VersionInfo Version => Format;

    internal static BertFillMaskTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _task.Dispose();

    private protected override BatchMapper<FillMaskTask.Row, TokenWindow<MaskPrediction[]>> Bind(DataViewSchema inputSchema) =>
        _task.Bind(FillMaskOutputs.ColumnsOf(_options), FillMaskOutputs.AnswersOf(_options), inputSchema);
}
