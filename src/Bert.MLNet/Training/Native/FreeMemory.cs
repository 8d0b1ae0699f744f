using System.Runtime.InteropServices;

namespace Bert.MLNet.Training;

/// <summary>
/// Memory that native code has freed but the C library keeps. After a training, glibc's memory is fragmented and several times the
/// size of the model. glibc does not return it unless it is asked to, and the next training finds little that fits.
/// </summary>
internal static unsafe class FreeMemory
{
    // int malloc_trim(size_t pad), which other C libraries lack.
    private static readonly delegate* unmanaged[Cdecl]<nuint, int> s_trim =
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out nint library)
        && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            ? (delegate* unmanaged[Cdecl]<nuint, int>)trim
            : null;

    /// <summary>Returns free memory to the system if the C library is glibc; otherwise does nothing. Thread-safe.</summary>
    public static void Release()
    {
        if (s_trim is not null)
            s_trim(0);
    }
}
