using Bert.MLNet.Persistence;
using Microsoft.Win32.SafeHandles;

namespace Bert.MLNet.Hub;

/// <summary>
/// A model's part of the cache that HuggingFace's libraries share: <c>blobs</c> by checksum, <c>snapshots</c> whose entries
/// are links to them, <c>refs</c> from branches to commits, <c>trees</c> with listings, and locks.
/// https://huggingface.co/docs/huggingface_hub/guides/manage-cache
/// </summary>
internal sealed class HubCache(HubSettings settings, string model)
{
    private readonly string _name = "models--" + model.Replace("/", "--", StringComparison.Ordinal);

    public string Folder => Path.Combine(settings.CacheFolder, _name);

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    public string Blob(string etag) => Path.Combine(Folder, "blobs", etag);

    public string Lock(string etag) => Path.Combine(settings.CacheFolder, ".locks", _name, etag + ".lock");

    private string Entry(string commit, string path) => Path.Combine([Snapshot(commit), .. path.Split('/')]);

    private string Ref(string revision) => Path.Combine([Folder, "refs", .. revision.Split('/')]);

    private string Tree(string commit) => Path.Combine(Folder, "trees", commit + ".json");

    /// <summary>The commit that the revision was when it was last downloaded, if its snapshot is there.</summary>
    public string? FindCommit(string revision)
    {
        string? commit = HubName.IsCommit(revision) ? revision : File.Exists(Ref(revision)) ? File.ReadAllText(Ref(revision)).Trim() : null;
        return commit is not null && HubName.IsCommit(commit) && Directory.Exists(Snapshot(commit)) ? commit : null;
    }

    /// <summary>Notes which commit the revision is. A cache that cannot be written still can be read.</summary>
    public void WriteRef(string revision, string commit)
    {
        if (revision != commit && !(File.Exists(Ref(revision)) && File.ReadAllText(Ref(revision)) == commit))
            WriteText(Ref(revision), commit);
    }

    /// <summary>The listing of a commit that was downloaded before; null when none was kept.</summary>
    public HubListing? FindListing(string commit) =>
        new FolderSource(Folder).ReadText($"trees/{commit}.json") is { } json ? HubListing.FromTree(commit, json, Tree(commit)) : null;

    public void WriteListing(HubListing listing)
    {
        if (!File.Exists(Tree(listing.Commit)) && listing.ToTree() is { } json)
            WriteText(Tree(listing.Commit), json);
    }

    /// <summary>What the snapshot has, as a listing.</summary>
    public HubListing List(string commit)
    {
        string folder = Snapshot(commit);
        return new HubListing(
            commit,
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => new HubFile(Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), null, null, null)),
            $"The folder '{folder}'");
    }

    /// <summary>Whether the snapshot has the file, whole.</summary>
    public bool Has(string commit, HubFile file) => IsWhole(Entry(commit, file.Path), file.Size);

    /// <summary>Whether the blob of the file is there, whole.</summary>
    public bool HasBlob(HubFile file) => IsWhole(Blob(file.Etag!), file.Size);

    /// <summary>Puts a blob into a snapshot: as a link, or where there are none as a file.</summary>
    /// <param name="commit">The snapshot.</param>
    /// <param name="file">The file; its blob is there.</param>
    /// <param name="isNew">Whether no other snapshot can have the blob, so that it can be moved rather than copied.</param>
    /// <exception cref="IOException">A folder on the way is a link.</exception>
    public void Link(string commit, HubFile file, bool isNew)
    {
        string entry = Entry(commit, file.Path), blob = Blob(file.Etag!);
        CreateFolderOf(entry);
        if (settings.SymbolicLinks && TryLink(entry, Path.GetRelativePath(Path.GetDirectoryName(entry)!, blob)))
            return;
        string source = blob;
        if (!isNew)
            File.Copy(blob, source = $"{entry}.{Path.GetRandomFileName()}");
        File.Move(source, entry, overwrite: true);
    }

    /// <summary>Creates the folder of a file that is to be written.</summary>
    /// <remarks>The cache itself may be a link, for instance to another disk; a link in it could lead anywhere.</remarks>
    /// <exception cref="IOException">A folder below the cache's is a link.</exception>
    public void CreateFolderOf(string file)
    {
        string folder = Path.GetDirectoryName(file)!, root = Path.TrimEndingDirectorySeparator(settings.CacheFolder);
        for (string parent = folder; parent.Length > root.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (new DirectoryInfo(parent).LinkTarget is not null)
                throw new IOException($"'{parent}' is a link, but a cache has no links there. Delete it, and download the model again.");
        }
        Directory.CreateDirectory(folder);
    }

    private static bool TryLink(string entry, string target)
    {
        try
        {
            File.Delete(entry);
            File.CreateSymbolicLink(entry, target);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Opened to be sure: a link exists that leads nowhere.
    private static bool IsWhole(string file, long? size)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(file, share: FileShare.ReadWrite | FileShare.Delete);
            return size is null || RandomAccess.GetLength(handle) == size;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private void WriteText(string file, string text)
    {
        try
        {
            CreateFolderOf(file);
            string beside = $"{file}.{Path.GetRandomFileName()}.tmp";
            File.WriteAllText(beside, text);
            File.Move(beside, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without it the hub is only asked once more.
        }
    }
}
