using Bert.MLNet.Hub;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>
/// Downloads checkpoints from the HuggingFace hub. The cache is shared with HuggingFace's Python libraries, so that each finds what the
/// other has downloaded. Thread-safe, also between processes.
/// </summary>
public static class BertHub
{
    // In addition to those of each sentence-transformers module.
    private static readonly HashSet<string> Texts =
    [
        "config.json", WeightFiles.Index, SentenceFiles.Modules, PromptFile.Name, WordWeights.FileName,
        GenerationConfig.FileName, .. BertTokenizer.FileNames,
    ];

    /// <summary>
    /// Downloads a checkpoint to the cache. This includes config, tokenizer, sentence-transformers files, and the weights that
    /// <see cref="BertModel.FromPretrained"/> would read: safetensors files, or an ONNX graph, but never a pickle. The hub is asked for the
    /// current commit of the revision, and only missing files are downloaded. Without a response, the cache is used as it is. A model that
    /// cannot be opened is rejected before its weights are downloaded.
    /// </summary>
    /// <param name="model">The model's name on the hub, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="options">The revision, the cache and other options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the download. Received bytes are kept, and the next call continues from there.</param>
    /// <returns>The folder of the checkpoint, for <see cref="BertModel.FromPretrained"/>. It belongs to the cache: copy it, do not change
    /// it.</returns>
    /// <exception cref="ArgumentException">The name, the revision or the endpoint is not valid.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached or does not send the model; the message says why and what to
    /// do.</exception>
    /// <exception cref="FileNotFoundException">The model has no config or no weights, or the network is not allowed and the cache lacks a
    /// file.</exception>
    /// <exception cref="InvalidDataException">A received file is not the one that the hub lists, or a file is damaged.</exception>
    /// <exception cref="NotSupportedException">The checkpoint requires something that is not supported; the message names it.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static Task<string> DownloadAsync(string model, BertHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new BertHubOptions();
        HubSettings settings = HubSettings.Read(options, Environment.GetEnvironmentVariable);
        // Not on the caller's context: nothing here should run on a user interface thread.
        return Task.Run(() => DownloadAsync(model, options.Revision, settings, cancellationToken), cancellationToken);
    }

    internal static async Task<string> DownloadAsync(
        string model, string revision, HubSettings settings, CancellationToken cancellationToken)
    {
        HubSnapshot snapshot = await HubSnapshot.OpenAsync(model, revision, settings, cancellationToken);
        try
        {
            await snapshot.FetchAsync(snapshot.Paths.Where(IsText), cancellationToken);
            await snapshot.FetchAsync(
                SentenceFiles.ModuleWeights(snapshot.Files).Where(path => snapshot.Paths.Contains(path)), cancellationToken);
            SentenceFiles.Content sentence = SentenceFiles.Read(snapshot.Files);
            string folder = sentence.TransformerFolder;
            FileSource transformer = snapshot.Files.Below(folder);
            // The weights are last, so that a snapshot with weights is complete.
            await snapshot.FetchAsync(
                (sentence.IsStatic ? [WeightFiles.Single] : WeightFiles.Choose(transformer, BertModel.ReadConfig(transformer)))
                    .Select(path => folder.Length == 0 ? path : $"{folder}/{path}"), cancellationToken);
        }
        catch (FileNotFoundException exception) when (snapshot.WhyCached is { } why)
        {
            throw new FileNotFoundException(
                $"{exception.Message} It is not on the hub either: {why.TrimEnd('.')}.", exception.FileName, exception);
        }
        snapshot.Complete();
        return snapshot.Folder;
    }

    // Modules have numbered folders: 1_Pooling.
    private static bool IsText(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return DecoderFiles.All.Contains(path)
            || (path.Length == name.Length || (char.IsAsciiDigit(path[0]) && path.Count(c => c == '/') == 1))
            && (Texts.Contains(name)
                || (name.StartsWith("sentence_", StringComparison.Ordinal) && name.EndsWith("_config.json", StringComparison.Ordinal)));
    }
}
