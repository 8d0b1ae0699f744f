namespace Bert.MLNet;

/// <summary>The common options of all steps that use a checkpoint's own head. Immutable.</summary>
public abstract record BertTaskOptions : BertStepOptions
{
    /// <summary>
    /// The maximum length of the sequences that the model reads, in tokens, special tokens included. Default null: the checkpoint's
    /// maximum; for question answering, at most 384. Longer texts are truncated, or read in windows if the task has a stride.
    /// </summary>
    public int? MaxLength { get; init; }
}
