using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Bert.MLNet.Models;

namespace Bert.MLNet;

public sealed partial class BertModel
{
    private static readonly ConditionalWeakTable<BertModel, ConcurrentDictionary<ComputeDevice, BertModel>> s_onOtherDevices = [];

    /// <summary>What computes this checkpoint.</summary>
    internal ComputeDevice Device { get; private set; } = ComputeDevice.Processor;

    /// <summary>
    /// Returns the checkpoint with the same memory, computed by another device. The same device returns the same instance, so that steps
    /// share its sessions.
    /// </summary>
    internal BertModel On(ComputeDevice device) => device == Device
        ? this
        : s_onOtherDevices.GetOrCreateValue(this).GetOrAdd(device, device =>
        {
            var copy = (BertModel)MemberwiseClone();
            copy.Device = device;
            return copy;
        });
}
