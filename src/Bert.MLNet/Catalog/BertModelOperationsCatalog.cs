using System.IO.Compression;
using System.Reflection;
using Bert.MLNet.Persistence;
using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>Saves and loads models of ML.NET, with BERT steps or without, in <see cref="MLContext.Model"/>.</summary>
public static class BertModelOperationsCatalog
{
    /// <summary>Saves a model as ML.NET's <c>Model.Save</c> does, as a file that appears whole or not at all.</summary>
    /// <remarks>
    /// ML.NET empties the file before it writes, so that a model that was there is lost when the disk is full or the process ends
    /// meanwhile.
    /// Here the file is written beside its place, as <c>NAME.*.partial</c>, and moved there when it is whole. What a killed process has
    /// left
    /// there is removed by the next save.
    /// </remarks>
    /// <param name="catalog">The <see cref="MLContext.Model"/> catalog.</param>
    /// <param name="model">The trained model.</param>
    /// <param name="inputSchema">The schema of the data that it takes; null when there is none to keep.</param>
    /// <param name="filePath">The file, mostly called <c>.zip</c>; one that is there is replaced.</param>
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
    /// ML.NET creates steps by reflection, so what goes wrong in one surfaces as a <see cref="TargetInvocationException"/> without a word
    /// about
    /// the file; here the cause surfaces. ML.NET also compares no checksums; here those of all parts of the file are compared, so that a
    /// damaged
    /// trainer is an error and not another prediction.
    /// </remarks>
    /// <param name="catalog">The <see cref="MLContext.Model"/> catalog.</param>
    /// <param name="filePath">The file. Load files of people whom you trust only: ML.NET creates every component that a file names.</param>
    /// <param name="inputSchema">The schema that the model was saved with; null where it was saved with none.</param>
    /// <returns>The model; dispose it when it is <see cref="IDisposable"/>.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, needs a later version, or is not a model. The message names file and part; <see cref="Exception.InnerException"/>
    /// is the cause.
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
        catch (Exception error) when (MayBeOfTheFile(CauseOf(error)))
        {
            Exception cause = CauseOf(error);
            throw new InvalidDataException($"'{filePath}' cannot be loaded: {cause.Message}", cause);
        }
    }

    /// <summary>Compares the parts with their checksums; those of shared checkpoints are compared when they are read.</summary>
    private static void Check(FileStream file)
    {
        ZipArchive zip;
        try
        {
            zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException("It is not a zip file, or its end is missing or damaged. Copy the file again, or save the model again.", error);
        }
        using (zip)
        {
            if (!zip.Entries.Any(ModelKey.Is))
                throw new InvalidDataException($"It is a zip file, but no model of ML.NET: it has no part '{ModelKey.Name}'. Pass a file that Save or SaveToFile wrote.");
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => !SharedFolder.Holds(entry)))
            {
                CheckedStream.Check(entry);
                if (ModelKey.Is(entry))
                    ModelKey.Check(entry);
            }
        }
    }

    private static bool MayBeOfTheFile(Exception cause) =>
        cause is not (OutOfMemoryException or OperationCanceledException or DllNotFoundException or TypeInitializationException);

    /// <summary>What went wrong, without what ML.NET and reflection put around it.</summary>
    private static Exception CauseOf(Exception error)
    {
        while (error.InnerException is { } inner && (error is TargetInvocationException || inner is TargetInvocationException))
            error = inner;
        return error;
    }
}
