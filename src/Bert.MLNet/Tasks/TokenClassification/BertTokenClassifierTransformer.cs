using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Persistence;
using Bert.MLNet.Tasks;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(BertTokenClassifierTransformer), null, typeof(SignatureLoadModel), "BERT token classifier", BertTokenClassifierTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>Adds columns of entities to a column of texts. Made by <see cref="BertTokenClassifierEstimator"/>, by a trainer, or loaded from a model file.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed class BertTokenClassifierTransformer : BatchTransformer
{
    internal const string LoaderSignature = "BertTokenClassifier";

    private static readonly VersionInfo Version = ComponentVersion.Create("BERTTOKC", LoaderSignature);

    private readonly TokenClassifierSettings _settings;
    private readonly TokenClassificationTask _task;

    internal BertTokenClassifierTransformer(IHostEnvironment env, BertModel model, TokenClassifierSettings settings, BertBatchOptions batching)
        : base(env.Register(nameof(BertTokenClassifierTransformer)), batching)
    {
        Model = model;
        _settings = settings;
        _task = new TokenClassificationTask(model, settings);
    }

    /// <summary>The checkpoint with its head, for instance to be saved in HuggingFace's form.</summary>
    public BertModel Model { get; }

    /// <inheritdoc/>
    public override void Dispose() => _task.Dispose();

    internal static BertTokenClassifierTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ComponentVersion.Check(ctx, Version);
        BertBatchOptions batching = BertBatchOptions.Load(ctx.Reader);
        BertModel model = BertModel.Load(ctx);
        return new BertTokenClassifierTransformer(env, model, TokenClassifierSettings.Load(ctx, model), batching);
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
