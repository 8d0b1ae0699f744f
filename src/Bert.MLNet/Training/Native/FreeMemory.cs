using System.Runtime.InteropServices;

namespace Bert.MLNet.Training;

/// <summary>
/// Memory that native code has freed and the C library keeps. glibc's is in pieces after a training, several times as much as the model: without being asked it gives none of it back, and
/// the next training finds little that fits.
/// </summary>
internal static unsafe class FreeMemory
{
    // int malloc_trim(size_t pad), which other C libraries do not have.
    private static readonly delegate* unmanaged[Cdecl]<nuint, int> s_trim =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out nint library) && NativeLibrary.TryGetExport(library, "malloc_trim", out nint trim)
            ? (delegate* unmanaged[Cdecl]<nuint, int>)trim
            : null;

    /// <summary>Gives the system back what is free, where the C library is glibc; else does nothing. Thread-safe.</summary>
    public static void GiveBack()
    {
        if (s_trim is not null)
            s_trim(0);
    }
}
