using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertFillMaskTransformer), null, typeof(SignatureLoadModel), "BERT fill-mask", BertFillMaskTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of guesses to a column of texts with masks. Made by <see cref="BertFillMaskEstimator"/> or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed class BertFillMaskTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertFillMask";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTFILL", LoaderSignature);

    private readonly FillMaskSettings _settings;
    private readonly FillMaskTask _task;

    internal BertFillMaskTransformer(IHostEnvironment env, BertModel model, FillMaskSettings settings, BertBatchOptions batching)
        : base(env.Register(nameof(BertFillMaskTransformer)), batching)
    {
        Model = model;
        _settings = settings;
        _task = new FillMaskTask(model, settings);
    }

    /// <summary>The checkpoint with its head, for instance to be saved in HuggingFace's form.</summary>
    public BertModel Model { get; }

    /// <inheritdoc/>
    public override void Dispose() => _task.Dispose();

    internal static BertFillMaskTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        BertBatchOptions batching = BertBatchOptions.Load(ctx.Reader);
        BertModel model = BertModel.Load(ctx);
        return new BertFillMaskTransformer(env, model, FillMaskSettings.Load(ctx, model), batching);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        Model.Save(ctx);
        _settings.Save(ctx);
    }

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => _task.Bind(_settings.Columns, _settings.Answers, inputSchema);
}
