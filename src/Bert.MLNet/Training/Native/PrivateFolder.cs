using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Bert.MLNet.Training;

/// <summary>A folder that is safe to load code from: only its user and root can write to it. Linux only.</summary>
[SupportedOSPlatform("linux")]
internal static partial class PrivateFolder
{
    private const UnixFileMode UserOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode WriteByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const uint Root = 0;

    // AT_FDCWD, AT_SYMLINK_NOFOLLOW and STATX_BASIC_STATS; S_IFMT, S_IFDIR and S_IFREG
    private const int CurrentDirectory = -100, NoFollow = 0x100, BasicStats = 0x7FF;
    private const int TypeMask = 0xF000, FolderType = 0x4000, FileType = 0x8000;

    /// <summary>Creates the folder and its parent if they do not exist.</summary>
    /// <returns>
    /// False if the folder exists but cannot be trusted: it or its parent is a link, belongs to somebody else, or can be changed or
    /// replaced by others.
    /// </returns>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no permission to create the folder.</exception>
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

    /// <summary>Returns whether a file exists, belongs to the user, is not a link, and cannot be written by others.</summary>
    public static bool HasOwnFile(string path) => IsOwn(path, FileType);

    private static bool IsOwn(string path, int type) =>
        Read(path, follow: false) is { } status
            && status.Type == type && status.Owner == GetUser() && (status.Permissions & WriteByOthers) == 0;

    // .NET returns the permissions of a file but not its owner.
    private static Status? Read(string path, bool follow) =>
        GetStatus(CurrentDirectory, path, follow ? 0 : NoFollow, BasicStats, out Status status) == 0 ? status : null;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(int directory, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();

    /// <summary>The first fields of <c>struct statx</c>, which are the same on all processors.</summary>
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
        /// Whether nobody but root and the user can replace the user's files in this folder. In a sticky folder, such as /tmp, only
        /// the owner of a file can.
        /// </summary>
        public bool IsTrusted => (Owner == Root || Owner == GetUser())
            && ((Permissions & WriteByOthers) == 0 || Permissions.HasFlag(UnixFileMode.StickyBit));
    }
}
