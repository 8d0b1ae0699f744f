using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Single-precision matrix products by oneDNN in place of MKL, which uses AVX-512 on Intel's processors only. libtorch goes that way when it is
/// allowed to round to bfloat16, and oneDNN then does so where the processor has AMX and nowhere else. TorchSharp does not show the switch,
/// <c>at::Context::setFloat32Precision</c>; its name in C++ holds its signature. Where it is missing, or products turn out to be rounded, nothing is switched.
/// </summary>
internal sealed unsafe class OneDnnProducts
{
    // at::Float32Backend::MKLDNN, at::Float32Op::MATMUL, at::Float32Precision::BF16 and NONE, in ATen/Context.h of libtorch 2.10
    private const int OneDnn = 2, Products = 3, BFloat16 = 3, Unset = 0;

    private static OneDnnProducts? s_found;
    private static bool s_isSought;
    private static object? s_seeking;
    private static readonly Lock s_switching = new();
    private static int s_users;
    private static bool s_isOurs;

    private readonly nint _context;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int, int> _get;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int, int, void> _set;

    private OneDnnProducts(nint context, nint get, nint set)
    {
        _context = context;
        _get = (delegate* unmanaged[Cdecl]<nint, int, int, int>)get;
        _set = (delegate* unmanaged[Cdecl]<nint, int, int, int, void>)set;
    }

    /// <summary>Whether libtorch has the switch, and this processor is one that gains by it and computes in single precision then.</summary>
    public static bool AreAvailable => Found is not null;

    /// <summary>Finds the switch; null when libtorch has none of that name.</summary>
    /// <param name="export">Gives the address of a function by its name; 0 when it is not there.</param>
    public static OneDnnProducts? Find(Func<string, nint> export)
    {
        nint context = export("_ZN2at13globalContextEv");
        nint get = export("_ZNK2at7Context16float32PrecisionENS_14Float32BackendENS_9Float32OpE");
        nint set = export("_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE");
        return context == 0 || get == 0 || set == 0 ? null : new OneDnnProducts(((delegate* unmanaged[Cdecl]<nint>)context)(), get, set);
    }

    /// <summary>
    /// Computes this way, in the whole process, until what is returned has been disposed of by all who asked: nothing else changes than the order in which
    /// products are added up. Does nothing where it is not available, or where the application has decided for itself.
    /// </summary>
    public static IDisposable Use()
    {
        lock (s_switching)
        {
            if (s_users == 0)
                s_isOurs = Found?.TrySwitchOn() ?? false;
            s_users++;
        }
        return new User();
    }

    /// <summary>Whether products are computed this way.</summary>
    public bool IsOn => _get(_context, OneDnn, Products) == BFloat16;

    private static OneDnnProducts? Found => LazyInitializer.EnsureInitialized(
        ref s_found, ref s_isSought, ref s_seeking, static () => !IsIntels && Find(TorchRuntime.TryGetExport) is { } found && found.AreSinglePrecision() ? found : null);

    // "Genu" of "GenuineIntel".
    private static bool IsIntels => X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == 0x756E6547;

    /// <summary>Turns it on, unless the application has decided how products are computed.</summary>
    private bool TrySwitchOn()
    {
        if (_get(_context, OneDnn, Products) != Unset)
            return false;
        _set(_context, OneDnn, Products, BFloat16);
        return IsOn;
    }

    private void SwitchOff() => _set(_context, OneDnn, Products, Unset);

    /// <summary>
    /// Whether products are what single precision makes of them: at most n·2⁻²⁴ of a sum of n products away from it, in whatever order they are added up
    /// (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1). All numbers here are 1 in bfloat16 and TF32, which is farther off.
    /// </summary>
    private bool AreSinglePrecision()
    {
        const int Size = 256, Rows = 4;
        if (!TrySwitchOn())
            return false;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            var random = new Random(1);
            float[] left = [.. Enumerable.Range(0, Size * Size).Select(_ => 1 + random.NextSingle() / 2048)], right = [.. left.Reverse()];
            ReadOnlySpan<float> products = tensor(left, Size, Size).matmul(tensor(right, Size, Size).t()).contiguous().Values();
            for (int i = 0; i < Rows * Size; i++)
            {
                double exact = 0;
                for (int k = 0; k < Size; k++)
                    exact += (double)left[i / Size * Size + k] * right[i % Size * Size + k];
                if (!(Math.Abs(products[i] - exact) <= Size * Math.ScaleB(exact, -24)))
                    return false;
            }
            return true;
        }
        finally
        {
            SwitchOff();
        }
    }

    private sealed class User : IDisposable
    {
        private bool _isDone;

        public void Dispose()
        {
            lock (s_switching)
            {
                if (!_isDone && --s_users == 0 && s_isOurs)
                    Found!.SwitchOff();
                _isDone = true;
            }
        }
    }
}
