namespace Bert.MLNet.Persistence;

/// <summary>Files in memory, by name.</summary>
internal sealed class MemorySource(IReadOnlyDictionary<string, byte[]> files) : FileSource
{
    public override bool Contains(string path) => files.ContainsKey(path);

    public override long Length(string path) => files[path].Length;

    public override Stream Open(string path) => new MemoryStream(files[path], writable: false);

    public override string Describe(string path) => path.Length == 0 ? "the folder" : path;
}
