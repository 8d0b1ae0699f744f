using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertFillMaskTransformer), null, typeof(SignatureLoadModel), "BERT fill-mask", BertFillMaskTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of guesses to a column of texts with masks. Made by <see cref="BertFillMaskEstimator"/> or loaded from a model file.</summary>
/// <inheritdoc/>
public sealed class BertFillMaskTransformer : BertTaskTransformer
{
    internal const string LoaderSignature = "BertFillMask";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTFILL", LoaderSignature, written: ComponentVersion.Quantized);

    private readonly FillMaskSettings _settings;
    private readonly FillMaskTask _task;

    internal BertFillMaskTransformer(IHostEnvironment env, BertModel model, FillMaskSettings settings, BertBatchOptions batching)
        : base(env, nameof(BertFillMaskTransformer), model, batching)
    {
        _settings = settings;
        _task = new FillMaskTask(model, settings);
    }

    private protected override void Release() => _task.Dispose();

    private protected override VersionInfo Version => Format;

    internal static BertFillMaskTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        Load(ctx, Format, (model, batching) => new BertFillMaskTransformer(env, model, FillMaskSettings.Load(ctx, model), batching));

    private protected override void SaveSettings(ModelSaveContext ctx) => _settings.Save(ctx);

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(_settings.Columns, _settings.Answers, inputSchema);
}
