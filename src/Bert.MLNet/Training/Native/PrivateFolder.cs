using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Bert.MLNet.Training;

/// <summary>A folder from which code may be loaded: nobody but its user, and root, can put anything there. Linux only.</summary>
[SupportedOSPlatform("linux")]
internal static partial class PrivateFolder
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WriteByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const uint Root = 0;

    // AT_FDCWD, AT_SYMLINK_NOFOLLOW and STATX_BASIC_STATS; S_IFMT, S_IFDIR and S_IFREG
    private const int CurrentDirectory = -100, NoFollow = 0x100, BasicStats = 0x7FF;
    private const int TypeMask = 0xF000, FolderType = 0x4000, FileType = 0x8000;

    /// <summary>Creates the folder, and its parent, where it is not there.</summary>
    /// <returns>False if it is there and cannot be trusted: if it or its parent is a link or somebody else's, or others can write to it or
    /// replace it.</returns>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static bool TryCreate(string folder)
    {
        Directory.CreateDirectory(folder, UserOnly);
        if (!IsOwn(folder, FolderType) || !IsOwn(Path.GetDirectoryName(folder)!, FolderType))
            return false;
        for (string? above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
        {
            if (Read(above, follow: true) is not { } status || !status.IsTrusted)
                return false;
        }
        File.SetUnixFileMode(folder, UserOnly);
        return true;
    }

    /// <summary>Whether a file is there, is the user's own, is no link, and cannot be written by others.</summary>
    public static bool HasOwnFile(string path) => IsOwn(path, FileType);

    private static bool IsOwn(string path, int type) =>
        Read(path, follow: false) is { } status && status.Type == type && status.Owner == GetUser() && (status.Permissions & WriteByOthers) == 0;

    // .NET tells the permissions of a file and not its owner.
    private static Status? Read(string path, bool follow) => GetStatus(CurrentDirectory, path, follow ? 0 : NoFollow, BasicStats, out Status status) == 0 ? status : null;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int directory, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();

    /// <summary>The beginning of <c>struct statx</c>, which is the same on all processors.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Status
    {
        [FieldOffset(20)]
        public readonly uint Owner;

        [FieldOffset(28)]
        private readonly ushort _mode;

        public int Type => _mode & TypeMask;

        public UnixFileMode Permissions => (UnixFileMode)(_mode & ~TypeMask);

        /// <summary>
        /// Whether nobody but root and the user can replace what lies in this folder and is theirs: in a sticky one, as /tmp is, only its
        /// owner can.
        /// </summary>
        public bool IsTrusted => (Owner == Root || Owner == GetUser()) && ((Permissions & WriteByOthers) == 0 || Permissions.HasFlag(UnixFileMode.StickyBit));
    }
}
