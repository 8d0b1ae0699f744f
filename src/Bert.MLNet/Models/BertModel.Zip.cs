using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

// Checkpoints in a model.zip.
public sealed partial class BertModel
{
    /// <summary>Saves the checkpoint to a model.zip, once for all components that share it.</summary>
    internal void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(Name);
        SharedFolder.Save(ctx, ContentHash, WriteTo);
    }

    /// <summary>Loads a checkpoint saved by <see cref="Save"/>. Components that shared a checkpoint share it again.</summary>
    internal static BertModel Load(ModelLoadContext ctx)
    {
        string name = ctx.LoadNonEmptyString();
        return SharedFolder.Load(ctx, files => Read(new ArchiveSource(files), name));
    }
}
