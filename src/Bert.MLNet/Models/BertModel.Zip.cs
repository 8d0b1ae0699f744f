using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

// Checkpoints in a model.zip.
public sealed partial class BertModel
{
    /// <summary>Writes the checkpoint into a model.zip, once for all components that share it.</summary>
    internal void Save(ModelSaveContext ctx)
    {
        ctx.SaveNonEmptyString(Name);
        SharedFolder.Save(ctx, ContentHash, WriteTo);
    }

    /// <summary>Reads what <see cref="Save"/> wrote. Components that shared a checkpoint share it again.</summary>
    internal static BertModel Load(ModelLoadContext ctx)
    {
        string name = ctx.LoadNonEmptyString();
        return SharedFolder.Load(ctx, files => Read(new ArchiveSource(files), name));
    }
}
