using Bert.MLNet.Persistence;
using Microsoft.Win32.SafeHandles;

namespace Bert.MLNet.Hub;

/// <summary>
/// A model's folder in the cache of HuggingFace's libraries: <c>blobs</c> by checksum, <c>snapshots</c> whose entries are links to them,
/// <c>refs</c> from branches to commits, <c>trees</c> with listings, and locks.
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

    /// <summary>The commit of the revision at its last download, if its snapshot exists.</summary>
    public string? FindCommit(string revision)
    {
        string? commit = HubName.IsCommit(revision) ? revision : File.Exists(Ref(revision)) ? File.ReadAllText(Ref(revision)).Trim() : null;
        return commit is not null && HubName.IsCommit(commit) && Directory.Exists(Snapshot(commit)) ? commit : null;
    }

    /// <summary>Records the commit of the revision. A read-only cache remains usable.</summary>
    public void WriteRef(string revision, string commit)
    {
        if (revision != commit && !(File.Exists(Ref(revision)) && File.ReadAllText(Ref(revision)) == commit))
            WriteText(Ref(revision), commit);
    }

    /// <summary>The cached listing of a commit, or null if there is none.</summary>
    public HubListing? FindListing(string commit) =>
        new FolderSource(Folder).ReadText($"trees/{commit}.json") is { } json ? HubListing.FromTree(commit, json, Tree(commit)) : null;

    public void WriteListing(HubListing listing)
    {
        if (!File.Exists(Tree(listing.Commit)) && listing.ToTree() is { } json)
            WriteText(Tree(listing.Commit), json);
    }

    /// <summary>Lists the files of the snapshot.</summary>
    public HubListing List(string commit)
    {
        string folder = Snapshot(commit);
        return new HubListing(
            commit,
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => new HubFile(
                    Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), null, null, null)),
            $"The folder '{folder}'");
    }

    /// <summary>Whether the snapshot contains the complete file.</summary>
    public bool Has(string commit, HubFile file) => IsWhole(Entry(commit, file.Path), file.Size);

    /// <summary>Whether the complete blob of the file exists.</summary>
    public bool HasBlob(HubFile file) => IsWhole(Blob(file.Etag!), file.Size);

    /// <summary>Adds a blob to a snapshot, as a link, or as a file if links are not supported.</summary>
    /// <param name="commit">The snapshot.</param>
    /// <param name="file">The file, whose blob exists.</param>
    /// <param name="isNew">Whether no other snapshot can have the blob, so that it can be moved rather than copied.</param>
    /// <exception cref="IOException">A folder in the path is a link.</exception>
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

    /// <summary>Creates the folder for a file.</summary>
    /// <remarks>The cache itself can be a link, for example to another disk. A link inside it could lead anywhere.</remarks>
    /// <exception cref="IOException">A folder inside the cache is a link.</exception>
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

    // Opens the file, because a link can exist without a target.
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
            // Without the listing, the hub is only asked once more.
        }
    }
}
