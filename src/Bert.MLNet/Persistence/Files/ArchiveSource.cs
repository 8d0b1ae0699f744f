using System.IO.Compression;

namespace Bert.MLNet.Persistence;

/// <summary>The files of a component in a model.zip (see <see cref="SharedFolder.Load"/>).</summary>
internal sealed class ArchiveSource : FileSource
{
    // Weights hardly compress, and texts compress to a tenth. A small file must not expand to gigabytes in memory.
    private const long AlwaysAllowed = 16 << 20, MaxRatio = 100;

    private readonly IReadOnlyDictionary<string, ZipArchiveEntry> _entries;
    private readonly Lock _archive = new();

    /// <exception cref="InvalidDataException">The compression ratio of an entry is not plausible.</exception>
    public ArchiveSource(IReadOnlyDictionary<string, ZipArchiveEntry> entries)
    {
        _entries = entries;
        foreach (ZipArchiveEntry entry in entries.Values)
        {
            if (entry.Length > AlwaysAllowed && entry.Length / MaxRatio > entry.CompressedLength)
                throw new InvalidDataException(
                    $"'{entry.FullName}' in the model file is not loaded: its {entry.CompressedLength} bytes would expand to " +
                    $"{entry.Length}, which is not plausible for a checkpoint. Save the model again.");
        }
    }

    public override bool Contains(string path) => _entries.ContainsKey(path);

    public override long Length(string path) => _entries[path].Length;

    public override Stream Open(string path) => new CheckedStream(_entries[path], _archive);

    public override string Describe(string path) => path.Length == 0 ? "the model file" : $"{path} in the model file";
}
