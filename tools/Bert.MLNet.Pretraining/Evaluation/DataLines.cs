using System.IO.Compression;

namespace Bert.MLNet.Pretraining.Evaluation;

/// <summary>The lines of a data set's file, plain or compressed by gzip.</summary>
internal static class DataLines
{
    public static IEnumerable<string> Read(string path)
    {
        using var reader = new StreamReader(Open(path));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Opens a file; one that ends in <c>.gz</c> is decompressed.</summary>
    public static Stream Open(string path) => path.EndsWith(".gz", StringComparison.Ordinal)
        ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress)
        : File.OpenRead(path);
}
