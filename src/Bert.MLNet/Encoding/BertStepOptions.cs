using System.Text.Json.Serialization;

namespace Bert.MLNet;

/// <summary>The common options of all steps that run a checkpoint. Immutable.</summary>
public abstract record BertStepOptions
{
    /// <summary>The checkpoint. Default null: <see cref="BertModel.Default"/>. Any number of steps can use one checkpoint.</summary>
    [JsonIgnore]
    public BertModel? Model { get; init; }

    /// <summary>The options for gathering rows into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <summary>The checkpoint of these options, specified or default.</summary>
    internal BertModel Checkpoint => Model ?? BertModel.Default;
}
