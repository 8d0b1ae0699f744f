using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Bert.MLNet;

/// <summary>A step that runs a checkpoint's own head over texts. Base of the transformers of all tasks.</summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public abstract class BertTaskTransformer : BatchTransformer
{
    private protected BertTaskTransformer(IHostEnvironment env, string name, BertModel model, BertBatchOptions batching)
        : base(env.Register(name), batching) => Model = model;

    /// <summary>The checkpoint with its head, for instance to be saved in HuggingFace's form.</summary>
    public BertModel Model { get; }

    private protected abstract VersionInfo Version { get; }

    /// <summary>Writes what the task has besides its checkpoint.</summary>
    private protected abstract void SaveSettings(ModelSaveContext ctx);

    private protected sealed override void SaveModel(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        Batching.Save(ctx.Writer);
        Model.Save(ctx);
        SaveSettings(ctx);
    }

    /// <summary>Reads what <see cref="SaveModel"/> wrote; the settings are left to <paramref name="create"/>.</summary>
    private protected static T Load<T>(ModelLoadContext ctx, VersionInfo version, Func<BertModel, BertBatchOptions, T> create)
        where T : BertTaskTransformer
    {
        ComponentVersion.Check(ctx, version);
        BertBatchOptions batching = BertBatchOptions.Load(ctx.Reader);
        return create(BertModel.Load(ctx), batching);
    }
}
