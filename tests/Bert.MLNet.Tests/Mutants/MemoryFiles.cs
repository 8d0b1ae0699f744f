using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Mutants;

/// <summary>A checkpoint's files in memory.</summary>
internal sealed class MemoryFiles(IReadOnlyDictionary<string, byte[]> files) : FileSource
{
    public override bool Contains(string path) => files.ContainsKey(path);

    public override long Length(string path) => files[path].Length;

    public override Stream Open(string path) => new MemoryStream(files[path], writable: false);

    public override string Describe(string path) => path.Length == 0 ? "the folder" : path;
}
