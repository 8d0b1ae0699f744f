using Bert.MLNet.Tests.Persistence;
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

    [Theory]
    [InlineData(null)]
    [InlineData("/opt/torch")]
    public void A_missing_native_library_is_named_with_its_package(string? namedFolder)
    {
        string message = new MissingTorchException("linux-x64", "libtorch_cpu.so", namedFolder).Message;
        Assert.Contains("<PackageReference Include=\"libtorch-cpu-linux-x64\" Version=\"2.10.0\" />", message, StringComparison.Ordinal);
        Assert.Contains("environment variable LIBTORCH", message, StringComparison.Ordinal);
        Assert.Equal(namedFolder is not null,
            message.Contains("LIBTORCH is '/opt/torch' now, and 'libtorch_cpu.so' is not there.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_program_in_which_it_was_missing_trains_when_it_is_there()
    {
        string folder = Path.GetDirectoryName(TorchRuntime.Find("torch_cpu"))!;
        string[] output = FreshProcess.Run(FreshProcess.FolderWithoutTorch, "train", folder).Trim().Split('\n');
        Assert.Contains("libtorch", output[0], StringComparison.Ordinal);
        Assert.Equal("It has trained.", output[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lib")]
    public void What_the_application_lacks_is_found_where_LIBTORCH_says(string below)
    {
        string file = OperatingSystem.IsWindows() ? "absent.dll" : OperatingSystem.IsMacOS() ? "libabsent.dylib" : "libabsent.so";
        using var folder = new TemporaryFolder();
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, below)).FullName, file);
        File.WriteAllText(path, "");
        string own = TorchRuntime.Find("torch_cpu")!;
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(own)), "");

        Assert.Null(TorchRuntime.Find("absent", namedFolder: null));
        Assert.Equal(path, TorchRuntime.Find("absent", folder.Path));
        Assert.Equal(own, TorchRuntime.Find("torch_cpu", folder.Path));
    }
}
