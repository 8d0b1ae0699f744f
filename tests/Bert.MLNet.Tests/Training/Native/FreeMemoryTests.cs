using System.Runtime.InteropServices;
using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public unsafe class FreeMemoryTests
{
    private const int Pieces = 6400, Size = 65_000;

    [Fact]
    public void What_native_code_has_freed_goes_back_to_the_system()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out _))
            Assert.Skip("This system's C library cannot be asked to give memory back.");
        // Other tests take and return memory of this process at the same time.
        long given = 0;
        for (int attempt = 0; attempt < 5 && given <= (long)Pieces * Size / 2; attempt++)
            given = Math.Max(given, Given());
        Assert.True(given > (long)Pieces * Size / 2, $"{given:N0} of {(long)Pieces * Size:N0} bytes");
    }

    private static long Given()
    {
        var pieces = new void*[Pieces];
        for (int i = 0; i < Pieces; i++)
        {
            pieces[i] = NativeMemory.Alloc(Size);
            NativeMemory.Fill(pieces[i], Size, 1);
        }
        // One in seventy stays, so that nothing is free up to the end of a heap, which glibc would give back on its own.
        for (int i = 0; i < Pieces; i++)
        {
            if (i % 70 != 0)
                NativeMemory.Free(pieces[i]);
        }
        long before = Environment.WorkingSet;
        FreeMemory.Release();
        long given = before - Environment.WorkingSet;
        for (int i = 0; i < Pieces; i += 70)
            NativeMemory.Free(pieces[i]);
        return given;
    }
}
