using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class TorchRuntimeTests
{
    [Fact]
    public void Torch_computes_once_it_is_loaded()
    {
        TorchRuntime.EnsureLoaded();
        TorchRuntime.EnsureLoaded();
        using torch.Tensor sum = torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
    }

    [Fact]
    public void A_needed_symbol_version_becomes_weak_and_nothing_else_changes()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux' libraries name symbol versions.");
        byte[] library = File.ReadAllBytes(TorchRuntime.Find("LibTorchSharp")!);
        byte[] patched = [.. library];

        Assert.Equal(1, ElfSymbolVersions.MakeWeak(patched, "GLIBCXX_3.4.32"));
        int[] changed = [.. Enumerable.Range(0, library.Length).Where(i => library[i] != patched[i])];
        Assert.Equal(library[Assert.Single(changed)] | 2, patched[changed[0]]);
        Assert.Equal(0, ElfSymbolVersions.MakeWeak(patched, "GLIBCXX_9.9.9"));
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ElfSymbolVersions.MakeWeak(new byte[100], "GLIBCXX_3.4.32"));

    [Fact]
    public void A_missing_native_library_is_named_with_its_package()
    {
        string message = TorchRuntime.Missing().Message;
        Assert.Contains("libtorch-cpu-", message, StringComparison.Ordinal);
        Assert.Contains("PackageReference", message, StringComparison.Ordinal);
    }
}
