using System.IO.Compression;

namespace Bert.MLNet.Persistence;

/// <summary>Files that a component finds in a model.zip (see <see cref="SharedFolder.Load"/>).</summary>
internal sealed class ArchiveSource(IReadOnlyDictionary<string, ZipArchiveEntry> entries) : FileSource
{
    private readonly Lock _archive = new();

    public override bool Contains(string path) => entries.ContainsKey(path);

    public override long Length(string path) => entries[path].Length;

    public override Stream Open(string path) => new CheckedStream(entries[path], _archive);

    public override string Describe(string path) => path.Length == 0 ? "the model file" : $"{path} in the model file";
}
