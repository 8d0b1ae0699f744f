using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Bert.MLNet.Consumer;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>
/// Model files of this version and of earlier ones in <c>Assets/Steps</c>, each beside a file of what its steps predicted at that time. The
/// name of a file ends with the newest format of the steps in it.
/// </summary>
internal static class SavedSteps
{
    /// <summary>Where they are.</summary>
    public static string Folder { get; } = Path.Combine(Shared.Repository, "tests", "Bert.MLNet.Tests", "Persistence", "Assets", "Steps");

    /// <summary>All model files.</summary>
    public static IEnumerable<string> Files => Directory.GetFiles(Folder, "*.zip").Order(StringComparer.Ordinal);

    /// <summary>The file of a model's predictions.</summary>
    public static string LinesOf(string modelFile) => Path.ChangeExtension(modelFile, ".jsonl");

    /// <summary>Saves a model as it is saved today, and what it predicts.</summary>
    /// <returns>The model file.</returns>
    /// <exception cref="IOException">There is such a file of this format already. It stays as it is.</exception>
    public static string Write(string folder, string name, MLContext ml, ITransformer model, IDataView data)
    {
        using var zip = new MemoryStream();
        ml.Model.Save(model, data.Schema, zip);
        uint format = StepHeaders(zip).Max(header => BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)));
        string file = Path.Combine(folder, $"{name}-{format >> 16}.{format & 0xffff}.zip");
        Create(file, zip.ToArray());
        Create(LinesOf(file), Encoding.UTF8.GetBytes(string.Concat(PredictionLines.Create(ml, model, data).Select(line => line + "\n"))));
        return file;
    }

    /// <summary>The data of each step of the library in a model file, from its signature of eight characters and its format on.</summary>
    public static IReadOnlyList<byte[]> StepHeaders(Stream modelFile)
    {
        var headers = new List<byte[]>();
        using var zip = new ZipArchive(modelFile, ZipArchiveMode.Read, leaveOpen: true);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.Name == "Model.key"))
        {
            using Stream stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            byte[] bytes = content.ToArray();
            if (bytes.AsSpan().IndexOf("BERT"u8) is var at and >= 0)
                headers.Add(bytes[at..]);
        }
        return headers;
    }

    private static void Create(string file, byte[] content)
    {
        using var stream = new FileStream(file, FileMode.CreateNew);
        stream.Write(content);
    }
}
