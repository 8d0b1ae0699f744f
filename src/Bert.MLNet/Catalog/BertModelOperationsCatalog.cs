using System.IO.Compression;
using System.Reflection;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>Saves and loads ML.NET models, with or without BERT steps, in <see cref="MLContext.Model"/>.</summary>
public static class BertModelOperationsCatalog
{
    /// <summary>Saves a model as ML.NET's <c>Model.Save</c> does, but never leaves an incomplete file.</summary>
    /// <remarks>
    /// ML.NET empties the file before it writes, so an existing model is lost if the disk is full or the process ends during the
    /// save. This method writes to <c>NAME.*.partial</c> in the same folder and renames the file when it is complete. If a process
    /// is killed during a save, the next save removes its partial file.
    /// </remarks>
    /// <param name="catalog">The <see cref="MLContext.Model"/> catalog.</param>
    /// <param name="model">The trained model.</param>
    /// <param name="inputSchema">The schema of the input data; null to save none.</param>
    /// <param name="filePath">The path of the file, usually with the extension <c>.zip</c>. An existing file is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveToFile(this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        WholeFile.Write(filePath, stream => catalog.Save(model, inputSchema, stream));
    }

    /// <summary>Loads a model as ML.NET's <c>Model.Load</c> does, with an error that names the damaged part of the file.</summary>
    /// <remarks>
    /// ML.NET creates steps by reflection, so an error in a step surfaces as a <see cref="TargetInvocationException"/> that does
    /// not name the file; this method reports the cause. It also compares the checksums of all parts of the file, which ML.NET does
    /// not, so that a damaged trainer causes an error and not a different prediction.
    /// </remarks>
    /// <param name="catalog">The <see cref="MLContext.Model"/> catalog.</param>
    /// <param name="filePath">
    /// The path of the file. Load only files from people whom you trust: ML.NET creates every component that a file names.
    /// </param>
    /// <param name="inputSchema">Receives the schema that was saved with the model, or null if there is none.</param>
    /// <returns>The model. Dispose it if it is <see cref="IDisposable"/>.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, requires a later version, or is not a model. The message names the file and the part;
    /// <see cref="Exception.InnerException"/> is the cause.
    /// </exception>
    public static ITransformer LoadFromFile(this ModelOperationsCatalog catalog, string filePath, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        if (Directory.Exists(filePath))
            throw new FileNotFoundException($"'{filePath}' is a folder. Pass the path of a model file, such as model.zip.", filePath);
        using FileStream file = File.OpenRead(filePath);
        try
        {
            Check(file);
            file.Position = 0;
            return catalog.Load(file, out inputSchema);
        }
        catch (Exception error) when (IsCausedByFile(CauseOf(error)))
        {
            Exception cause = CauseOf(error);
            throw new InvalidDataException($"'{filePath}' cannot be loaded: {cause.Message}", cause);
        }
    }

    /// <summary>Compares the parts with their checksums. The parts of shared checkpoints are compared when they are read.</summary>
    private static void Check(FileStream file)
    {
        ZipArchive zip;
        try
        {
            zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException(
                "It is not a zip file, or its end is missing or damaged. Copy the file again, or save the model again.", error);
        }
        using (zip)
        {
            if (!zip.Entries.Any(ModelKey.Is))
                throw new InvalidDataException(
                    $"It is a zip file, but not an ML.NET model: it has no part '{ModelKey.Name}'. " +
                    "Pass a file that Save or SaveToFile wrote.");
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => !SharedFolder.Holds(entry)))
            {
                CheckedStream.Check(entry);
                if (ModelKey.Is(entry))
                    ModelKey.Check(entry);
            }
        }
    }

    private static bool IsCausedByFile(Exception cause) =>
        cause is not (OutOfMemoryException or OperationCanceledException or DllNotFoundException or TypeInitializationException);

    /// <summary>Returns the cause of an error, without the exceptions in which ML.NET and reflection wrap it.</summary>
    private static Exception CauseOf(Exception error)
    {
        while (error.InnerException is { } inner && (error is TargetInvocationException || inner is TargetInvocationException))
            error = inner;
        return error;
    }
}
