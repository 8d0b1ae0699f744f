using System.Diagnostics;
using System.Runtime.Versioning;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>What is loaded is what was to be loaded, whatever lies where it is kept, and whoever put it there.</summary>
[SupportedOSPlatform("linux")]
[Collection(UsesTorch.Name)]
public sealed class NativeImageTests : IDisposable
{
    private const string Name = "libexample";
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody =
        UserOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite |
        UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly byte[] s_image = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    private readonly TemporaryFolder _folder = new();

    public NativeImageTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux needs patched libraries.");

    public void Dispose() => _folder.Dispose();

    private string Native => _folder["Bert.MLNet", "native"];

    [Fact]
    public void It_is_kept_for_the_next_time_in_a_folder_of_the_user_alone()
    {
        string file = Load();
        Assert.Equal(Native, Path.GetDirectoryName(file));
        Assert.Equal(UserOnly, File.GetUnixFileMode(Native));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        Assert.Equal(file, Load());
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Native));
    }

    [Theory]
    [InlineData("other content"), InlineData("a part"), InlineData("a link to the right content"), InlineData("a link to nowhere"),
        InlineData("writable by others"), InlineData("somebody else's")]
    public void A_file_that_is_not_what_it_should_be_is_replaced(string fault)
    {
        string file = Load(), elsewhere = _folder["elsewhere"];
        switch (fault)
        {
            case "other content":
                File.WriteAllBytes(file, [.. s_image.Reverse()]);
                break;
            case "a part":
                File.WriteAllBytes(file, s_image[..500]);
                break;
            case "a link to the right content":
                File.Move(file, elsewhere);
                File.CreateSymbolicLink(file, elsewhere);
                break;
            case "a link to nowhere":
                File.Delete(file);
                File.CreateSymbolicLink(file, elsewhere);
                break;
            case "writable by others":
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
                break;
            default:
                GiveAway(file);
                break;
        }

        Assert.Equal(file, Load());
        Assert.Null(new FileInfo(file).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(fault == "a link to the right content", File.Exists(elsewhere)); // no link was followed
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Native));
        GiveBack(file);
    }

    [Theory]
    [InlineData("native"), InlineData("")]
    public void A_folder_that_others_can_write_to_is_not_used(string below)
    {
        string file = Load();
        File.SetUnixFileMode(_folder["Bert.MLNet", below], Everybody);
        AssertPassing(Load());
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Native));
    }

    [Fact]
    public void Nor_is_one_in_a_folder_that_others_can_write_to_unless_that_is_sticky()
    {
        File.SetUnixFileMode(_folder.Path, Everybody);
        AssertPassing(Load());
        File.SetUnixFileMode(_folder.Path, Everybody | UnixFileMode.StickyBit);
        Assert.Equal(Native, Path.GetDirectoryName(Load()));
    }

    [Theory]
    [InlineData("native"), InlineData("")]
    public void Nor_is_one_that_is_a_link(string below)
    {
        string link = _folder["Bert.MLNet", below].TrimEnd('/'),
            target = Directory.CreateDirectory(_folder["elsewhere"], UserOnly).FullName;
        Directory.CreateDirectory(Path.GetDirectoryName(link)!, UserOnly);
        Directory.CreateSymbolicLink(link, target);
        AssertPassing(Load());
        Assert.Empty(Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("native"), InlineData("")]
    public void Nor_is_one_of_somebody_else(string below)
    {
        Load();
        GiveAway(_folder["Bert.MLNet", below]);
        AssertPassing(Load());
    }

    [Fact]
    public void A_folder_that_others_could_read_is_the_users_alone_afterwards()
    {
        Directory.CreateDirectory(Native, UserOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Assert.Equal(Native, Path.GetDirectoryName(Load()));
        Assert.Equal(UserOnly, File.GetUnixFileMode(Native));
    }

    [Fact]
    public void Where_the_user_has_no_folder_a_new_one_is_used_and_deleted()
    {
        string first = Load(""), second = Load("");
        AssertPassing(first);
        AssertPassing(second);
        Assert.NotEqual(Path.GetDirectoryName(first), Path.GetDirectoryName(second));
        AssertPassing(Load("a relative one"));
        File.WriteAllText(_folder["Bert.MLNet"], "a file in the way");
        AssertPassing(Load());
    }

    [Fact]
    public void Where_the_users_folder_does_not_allow_code_another_is_tried_and_nothing_stays_if_none_does()
    {
        string? kept = null;
        string passing = Load(_folder.Path, file =>
        {
            kept ??= file;
            return file != kept;
        });
        AssertPassing(passing);

        var error = Assert.Throws<DllNotFoundException>(() => Load(_folder.Path, file => (passing = file) == ""));
        Assert.Contains("TMPDIR", error.Message, StringComparison.Ordinal);
        AssertPassing(passing);
    }

    [Theory]
    [InlineData("with a folder", ".local/share"), InlineData("without one", ""), InlineData("at the root", "/"),
        InlineData("read-only", "/proc")]
    public void TorchSharp_computes_wherever_the_users_home_is_and_leaves_nothing_else(string home, string data)
    {
        Assert.NotNull(home);
        string temporary = Directory.CreateDirectory(_folder["tmp"]).FullName;
        ProcessStartInfo start = ChildProcess.Method(typeof(NativeImageTests), nameof(Compute_in_a_process_of_its_own));
        start.Environment["TMPDIR"] = temporary;
        start.Environment["HOME"] = data == "/" ? "/" : _folder.Path;
        start.Environment["XDG_DATA_HOME"] = data == "/proc" ? data : null;
        bool isKept = data == ".local/share";
        if (isKept)
            Directory.CreateDirectory(_folder[data]);
        _ = ChildProcess.Run(start).Successful;
        Assert.Equal(isKept ? [UserOnly] : [],
            Directory.EnumerateDirectories(_folder.Path, "native", SearchOption.AllDirectories).Select(File.GetUnixFileMode));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary, "Bert.MLNet*"));
    }

    /// <summary>What the process with another home does.</summary>
    [Fact(Explicit = true)]
    public void Compute_in_a_process_of_its_own()
    {
        TorchRuntime.EnsureLoaded();
        using torch.Tensor sum = torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
        // Also where the library as published loads.
        string bridge = TorchRuntime.Find("LibTorchSharp")!;
        byte[] image = File.ReadAllBytes(bridge);
        ElfSymbolVersions.MakeWeak(image, "GLIBCXX_3.4.32");
        Assert.NotEqual(0, NativeImage.Load(image, Path.GetFileNameWithoutExtension(bridge)));
    }

    /// <summary>The file that is loaded, which has the right content at that time.</summary>
    private string Load(string? dataFolder = null, Predicate<string>? isAllowed = null)
    {
        string loaded = "";
        NativeImage.Load(s_image, Name, dataFolder ?? _folder.Path, file =>
        {
            Assert.Equal(s_image, File.ReadAllBytes(file));
            Assert.Equal(UserOnly, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
            loaded = file;
            return isAllowed?.Invoke(file) == false ? 0 : 1;
        });
        return loaded;
    }

    private void AssertPassing(string file)
    {
        Assert.StartsWith(Path.GetTempPath(), file, StringComparison.Ordinal);
        Assert.False(file.StartsWith(_folder.Path, StringComparison.Ordinal), file);
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)), file);
    }

    private static void GiveAway(string path) => Own("65534", path);

    private static void GiveBack(string path)
    {
        if (Environment.IsPrivilegedProcess)
            Own("0", path);
    }

    private static void Own(string owner, string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away.");
        Assert.Equal(0, ChildProcess.Run(new ProcessStartInfo("chown", [owner, path])).ExitCode);
    }
}
