using System.Text.Json.Serialization;

namespace Bert.MLNet;

/// <summary>The options that all steps that run a checkpoint have in common. Immutable.</summary>
public abstract record BertStepOptions
{
    /// <summary>The checkpoint. Default null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</summary>
    [JsonIgnore]
    public BertModel? Model { get; init; }

    /// <summary>How rows are gathered into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <summary>The checkpoint of these options, whether they name one or not.</summary>
    internal BertModel Checkpoint => Model ?? BertModel.Default;
}
