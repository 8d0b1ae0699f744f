using System.IO.Compression;
using Microsoft.ML;

namespace Bert.MLNet.Persistence;

/// <summary>Checks the parts of a model file in which ML.NET stores a component's settings, after a header.</summary>
internal static class ModelKey
{
    public const string Name = "Model.key";

    /// <summary>Whether an entry is such a part. ML.NET on Windows separates folders by backslashes.</summary>
    public static bool Is(ZipArchiveEntry entry) => entry.FullName.EndsWith(Name, StringComparison.Ordinal);

    /// <summary>Compares the header with the length of the part.</summary>
    /// <exception cref="InvalidDataException">The part is truncated, or is something else.</exception>
    public static void Check(ZipArchiveEntry entry)
    {
        byte[] bytes = new byte[ModelHeader.Size];
        using Stream stream = entry.Open();
        bool isWhole = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
        if (isWhole)
        {
            ModelHeader.MarshalFromBytes(out ModelHeader header, bytes);
            isWhole = ModelHeader.TryValidate(ref header, entry.Length, out _);
        }
        if (!isWhole)
            throw new InvalidDataException(
                $"'{entry.FullName}' in the model file is damaged: it is truncated, or does not belong to a model. Copy the file again, " +
                "or save the model again.");
    }
}
