using System.IO.Compression;
using System.Reflection;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

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

    /// <summary>
    /// Saves a fitted pipeline as one ONNX file, from tokens to answers: encoders and poolings of this library, and the steps of ML.NET
    /// around them.
    /// </summary>
    /// <remarks>
    /// The inputs are <c>input_ids</c>, <c>attention_mask</c> and, if the checkpoint has several token types, <c>token_type_ids</c>, all
    /// Int64 of [batch, sequence], in place of the texts that the model tokenizes itself; and the other columns of the data that the
    /// outputs depend on. Tokenize with the maximum length and the prompt in the file's metadata, <c>max_length</c> and
    /// <c>prompt</c>. If the model tokenizes in several ways, the inputs of all but the first are named after a column of the step, as
    /// <c>Features2.input_ids</c>. Outputs are named as columns; if an input has this name, <c>.output</c> is appended. Keys, such as
    /// <c>PredictedLabel</c> before <c>MapKeyToValue</c>, are UInt32, counted from 1.
    /// <para>
    /// ML.NET defines which of its steps can be exported, and their operators. The values differ from those of the model by rounding. The
    /// file uses ONNX opset 20 and the operators of <c>ai.onnx.ml</c>.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The <see cref="MLContext.Model"/> catalog.</param>
    /// <param name="model">
    /// The fitted pipeline. Of this library, it can contain <c>ApplyBertEmbedding</c>, <c>ApplyBertTokenizer</c>, <c>ApplyBertEncoder</c>
    /// and <c>ApplyBertPooling</c>.
    /// </param>
    /// <param name="inputSchema">The schema of the input data.</param>
    /// <param name="filePath">The path of the file. It is written atomically; an existing file is replaced.</param>
    /// <param name="outputColumns">
    /// The columns that become outputs. Default: all visible columns that depend on tokens, and so no labels.
    /// </param>
    /// <exception cref="ArgumentException">An output is not a column of the result, or the model does not fit the schema.</exception>
    /// <exception cref="NotSupportedException">
    /// A step that the outputs depend on cannot be exported; the message names it. Or the file would be larger than 2 GB.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveOnnx(
        this ModelOperationsCatalog catalog, ITransformer model, DataViewSchema inputSchema, string filePath, params string[] outputColumns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inputSchema);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        ArgumentNullException.ThrowIfNull(outputColumns);
        var data = new EmptyDataView(CatalogUtils.GetEnvironment(catalog), inputSchema);
        WholeFile.Write(filePath, stream => PipelineFile.Write(model, data, outputColumns, stream));
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
