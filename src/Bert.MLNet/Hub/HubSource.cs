using Bert.MLNet.Persistence;

namespace Bert.MLNet.Hub;

/// <summary>The files of a model on the hub. Only downloaded files can be opened.</summary>
internal sealed class HubSource(string model, HubListing listing, string folder) : FileSource
{
    private readonly FolderSource _downloaded = new(folder);

    public override bool Contains(string path) => listing.Files.ContainsKey(path);

    public override long Length(string path) => _downloaded.Length(path);

    public override Stream Open(string path) => _downloaded.Open(path);

    public override string Describe(string path) => path.Length == 0 ? model : $"{model}/{path}";
}
