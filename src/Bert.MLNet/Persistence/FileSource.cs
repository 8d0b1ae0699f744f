namespace Bert.MLNet.Persistence;

/// <summary>
/// Files by their relative paths, with '/' between the parts, wherever they lie: in a folder or in a model.zip. What reads
/// a checkpoint reads it through this, so that both are one code path. Several threads may read at the same time, each a file that it has opened.
/// </summary>
internal abstract class FileSource
{
    // Far above any config or vocabulary; a damaged size must not become an allocation.
    private const long MaxTextLength = 256 << 20;

    public abstract bool Contains(string path);

    /// <summary>Bytes in the file.</summary>
    public abstract long Length(string path);

    /// <summary>Opens the file for reading from start to end.</summary>
    public abstract Stream Open(string path);

    /// <summary>What messages call the file, or the whole for an empty path.</summary>
    public abstract string Describe(string path);

    /// <summary>The files below one of the folders; an empty path is this source itself.</summary>
    public FileSource Below(string folder) => folder.Length == 0 ? this : new Subfolder(this, folder + "/");

    /// <summary>The file as UTF-8 text; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is too large to be a text of a checkpoint.</exception>
    public string? ReadText(string path)
    {
        if (!Contains(path))
            return null;
        if (Length(path) > MaxTextLength)
            throw new InvalidDataException($"'{Describe(path)}' has {Length(path)} bytes, which is too large for a text file of a checkpoint. Copy or download the file again.");
        using var reader = new StreamReader(Open(path));
        return reader.ReadToEnd();
    }

    private sealed class Subfolder(FileSource source, string prefix) : FileSource
    {
        public override bool Contains(string path) => source.Contains(prefix + path);

        public override long Length(string path) => source.Length(prefix + path);

        public override Stream Open(string path) => source.Open(prefix + path);

        public override string Describe(string path) => source.Describe(prefix + path);
    }
}
