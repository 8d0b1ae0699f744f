namespace Bert.MLNet;

/// <summary>What the options of all steps have that run a checkpoint's own head.</summary>
public abstract class BertTaskOptions
{
    /// <summary>
    /// The longest sequence that goes through the model at once, in tokens, special ones included. Default null: as much as the checkpoint takes; for
    /// question answering at most 384. What is longer is cut, or read in windows where the task has a stride.
    /// </summary>
    public int? MaxLength { get; set; }

    /// <summary>How rows are gathered into batches.</summary>
    public BertBatchOptions Batching { get; set; } = new();
}
