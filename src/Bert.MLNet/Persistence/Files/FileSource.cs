namespace Bert.MLNet.Persistence;

/// <summary>
/// Files by their relative paths, with '/' as the separator, in a folder or in a model.zip, so that there is only one code path for reading
/// a checkpoint. Several threads can read at the same time, each from a file that it has opened.
/// </summary>
internal abstract class FileSource
{
    public abstract bool Contains(string path);

    /// <summary>The size of the file in bytes.</summary>
    public abstract long Length(string path);

    /// <summary>Opens the file for reading from start to end.</summary>
    public abstract Stream Open(string path);

    /// <summary>The name of the file in messages, or of the whole source for an empty path.</summary>
    public abstract string Describe(string path);

    /// <summary>The files in one of the folders; an empty path is this source itself.</summary>
    public FileSource Below(string folder) => folder.Length == 0 ? this : new Subfolder(this, folder + "/");

    /// <summary>Reads the file as text, or returns null if it does not exist.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="limit">The maximum number of characters.</param>
    /// <exception cref="InvalidDataException">The text is longer, or is not UTF-8.</exception>
    public string? ReadText(string path, int limit = BoundedText.Config)
    {
        if (!Contains(path))
            return null;
        // A character has at most 4 bytes. The declared size of a zip entry is never exceeded; see CheckedStream.
        if (Length(path) > 4L * limit)
            throw BoundedText.TooLong(Describe(path), limit);
        using Stream stream = Open(path);
        return BoundedText.Read(stream, Describe(path), limit);
    }

    /// <summary>The content of a file; null when there is none.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <exception cref="InvalidDataException">The file is longer.</exception>
    public byte[]? ReadBytes(string path, long limit)
    {
        if (!Contains(path))
            return null;
        long length = Length(path);
        if (length > limit)
            throw BoundedText.TooLong(Describe(path), (int)Math.Min(limit, int.MaxValue));
        byte[] content = new byte[length];
        using Stream stream = Open(path);
        stream.ReadExactly(content);
        return content;
    }

    private sealed class Subfolder(FileSource source, string prefix) : FileSource
    {
        public override bool Contains(string path) => source.Contains(prefix + path);

        public override long Length(string path) => source.Length(prefix + path);

        public override Stream Open(string path) => source.Open(prefix + path);

        public override string Describe(string path) => source.Describe(prefix + path);
    }
}
