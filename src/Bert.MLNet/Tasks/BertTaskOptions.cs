namespace Bert.MLNet;

/// <summary>The options that all steps that run a checkpoint's own head have in common. Immutable.</summary>
public abstract record BertTaskOptions : BertStepOptions
{
    /// <summary>
    /// The longest sequence that the model reads at once, in tokens, special tokens included. Default null: as long as the checkpoint
    /// allows; for question answering at most 384. Longer texts are truncated, or read in windows if the task has a stride.
    /// </summary>
    public int? MaxLength { get; init; }
}
