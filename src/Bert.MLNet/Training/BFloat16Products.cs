using System.Runtime.Intrinsics.X86;

namespace Bert.MLNet.Training;

/// <summary>Matrix products in bfloat16: twice as fast as in single precision where the processor has them, three times slower where it has not.</summary>
internal static class BFloat16Products
{
    private const int Avx512BFloat16 = 1 << 5, AmxBFloat16 = 1 << 22; // of leaf 7: EAX of part 1, EDX of part 0

    /// <summary>Whether this processor multiplies bfloat16 numbers itself.</summary>
    public static bool AreNative { get; } = Avx512F.IsSupported
        && ((X86Base.CpuId(7, 1).Eax & Avx512BFloat16) != 0 || (X86Base.CpuId(7, 0).Edx & AmxBFloat16) != 0);
}
