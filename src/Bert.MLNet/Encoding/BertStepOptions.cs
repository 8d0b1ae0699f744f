using System.Text.Json.Serialization;
using Bert.MLNet.Encoders;

namespace Bert.MLNet;

/// <summary>The common options of all steps that run a checkpoint. Immutable.</summary>
public abstract record BertStepOptions
{
    /// <summary>The checkpoint. Default null: <see cref="BertModel.Default"/>. Any number of steps can use one checkpoint.</summary>
    [JsonIgnore]
    public BertModel? Model { get; init; }

    /// <summary>The options for gathering rows into batches.</summary>
    public BertBatchOptions Batching { get; init; } = new();

    /// <summary>
    /// The device that computes the network: <c>cpu</c>, or an NVIDIA GPU as <c>cuda</c> or <c>cuda:n</c>, which requires the package
    /// Microsoft.ML.OnnxRuntime.Gpu.Linux or Microsoft.ML.OnnxRuntime.Gpu.Windows, CUDA and cuDNN. Default null: the GPU of
    /// <see cref="Microsoft.ML.MLContext.GpuDeviceId"/> for a step that is loaded from a file, otherwise <c>cpu</c>. Not saved. The texts
    /// of a decoder are written on the processor.
    /// </summary>
    [JsonIgnore]
    public string? Device { get; init; }

    /// <summary>
    /// Whether the processor computes if <see cref="Device"/> is not available. Default false: this is an error. Not saved.
    /// </summary>
    [JsonIgnore]
    public bool FallbackToCpu { get; init; }

    /// <summary>The checkpoint of these options, specified or default, on its device.</summary>
    internal BertModel Checkpoint => Device is null
        ? Model ?? BertModel.Default
        : (Model ?? BertModel.Default).On(EncoderDevice.Of(Device, FallbackToCpu));
}
