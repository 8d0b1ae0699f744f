using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bert.MLNet.Models;

/// <summary>What computes a network: the cores of the processor, or a GPU.</summary>
/// <param name="Gpu">The number of the GPU; null for the processor.</param>
internal sealed record ComputeDevice(int? Gpu)
{
    private const string Cpu = "cpu", Cuda = "cuda", CudaPrefix = "cuda:";

    /// <summary>The names that <see cref="TryParse"/> reads, for messages.</summary>
    public const string Names = "'cpu', 'cuda' or 'cuda:n' with the number of a GPU, from 0";

    public static ComputeDevice Processor { get; } = new((int?)null);

    /// <summary>Reads torch's name of a device.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out ComputeDevice? device)
    {
        device = name switch
        {
            Cpu => Processor,
            Cuda => new(0),
            _ when name.StartsWith(CudaPrefix, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(CudaPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index) =>
                new(index),
            _ => null,
        };
        return device is not null;
    }

    public override string ToString() => Gpu is { } index ? CudaPrefix + index.ToString(CultureInfo.InvariantCulture) : Cpu;
}
