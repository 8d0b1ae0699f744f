using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// Computes single-precision matrix products with oneDNN instead of MKL, which uses AVX-512 only on Intel processors. libtorch
/// selects oneDNN if it is allowed to round to bfloat16, and oneDNN rounds only on processors with AMX. TorchSharp does not expose
/// the setting, <c>at::Context::setFloat32Precision</c>, so it is found by its C++ name, which includes its signature. If it is
/// missing, or if products turn out to be rounded, nothing is changed.
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

    /// <summary>Whether libtorch has the setting, and this processor benefits from it and still computes in single precision.</summary>
    public static bool AreAvailable => Found is not null;

    /// <summary>Finds the setting. Returns null if libtorch has no function of that name.</summary>
    /// <param name="export">Returns the address of a function by its name, or 0 if it does not exist.</param>
    public static OneDnnProducts? Find(Func<string, nint> export)
    {
        nint context = export("_ZN2at13globalContextEv");
        nint get = export("_ZNK2at7Context16float32PrecisionENS_14Float32BackendENS_9Float32OpE");
        nint set = export("_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE");
        return context == 0 || get == 0 || set == 0 ? null : new OneDnnProducts(((delegate* unmanaged[Cdecl]<nint>)context)(), get, set);
    }

    /// <summary>
    /// Selects oneDNN for the whole process until all callers have disposed of the returned object. Only the order in which
    /// products are added up changes. Does nothing if oneDNN is not available, or if the application has changed the setting
    /// itself.
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

    /// <summary>Whether products are computed with oneDNN.</summary>
    public bool IsOn => _get(_context, OneDnn, Products) == BFloat16;

    private static OneDnnProducts? Found => LazyInitializer.EnsureInitialized(
        ref s_found,
        ref s_isSought,
        ref s_seeking,
        static () => !IsIntels && Find(TorchRuntime.TryGetExport) is { } found && found.AreSinglePrecision() ? found : null);

    // "Genu" of "GenuineIntel".
    private static bool IsIntels => X86Base.IsSupported && X86Base.CpuId(0, 0).Ebx == 0x756E6547;

    /// <summary>Selects oneDNN, unless the application has changed the setting.</summary>
    private bool TrySwitchOn()
    {
        if (_get(_context, OneDnn, Products) != Unset)
            return false;
        _set(_context, OneDnn, Products, BFloat16);
        return IsOn;
    }

    private void SwitchOff() => _set(_context, OneDnn, Products, Unset);

    /// <summary>
    /// Returns whether products have single precision. Their error is then at most n·2⁻²⁴ of a sum of n products, in any order of
    /// addition (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1). All numbers here round to 1 in bfloat16 and
    /// TF32, which causes a larger error.
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
