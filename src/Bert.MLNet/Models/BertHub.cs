using Bert.MLNet.Hub;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet;

/// <summary>
/// Downloads checkpoints from the HuggingFace hub into the cache that its Python libraries use, too: what one has
/// downloaded the other finds. Thread-safe, also between processes.
/// </summary>
public static class BertHub
{
    // Besides those that a checkpoint has once for each module of sentence-transformers.
    private static readonly HashSet<string> Texts =
    [
        "config.json", WeightFiles.Index, SentenceFiles.Modules, "config_sentence_transformers.json",
        "vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    ];

    /// <summary>
    /// Brings a checkpoint into the cache: config, tokenizer, the files of sentence-transformers, and the weights that
    /// <see cref="BertModel.FromPretrained"/> would read: safetensors, else an ONNX graph; never a pickle. The hub is
    /// asked what the revision is now, and only what the cache lacks is downloaded; without an answer the cache is used as
    /// it is. A model that cannot be read is refused before its weights are downloaded.
    /// </summary>
    /// <param name="model">The model's name on the hub, such as <c>sentence-transformers/all-MiniLM-L6-v2</c>.</param>
    /// <param name="options">The revision, the cache, and how to get there; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the download; what has come is kept, and the next call goes on from there.</param>
    /// <returns>The folder of the checkpoint, for <see cref="BertModel.FromPretrained"/>. It belongs to the cache: copy it, do not change it.</returns>
    /// <exception cref="ArgumentException">The name, the revision or the endpoint is none.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached or does not give the model; the message says why and what to do.</exception>
    /// <exception cref="FileNotFoundException">The model has no config or no weights, or there is to be no network and the cache lacks a file.</exception>
    /// <exception cref="InvalidDataException">What came is not what the hub lists, or a file is damaged.</exception>
    /// <exception cref="NotSupportedException">The checkpoint asks for something that is not supported; the message names it.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static Task<string> DownloadAsync(string model, BertHubOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new BertHubOptions();
        HubSettings settings = HubSettings.Read(options, Environment.GetEnvironmentVariable);
        // Away from the caller's context: nothing here belongs on a user interface's thread.
        return Task.Run(() => DownloadAsync(model, options.Revision, settings, cancellationToken), cancellationToken);
    }

    internal static async Task<string> DownloadAsync(string model, string revision, HubSettings settings, CancellationToken cancellationToken)
    {
        HubSnapshot snapshot = await HubSnapshot.OpenAsync(model, revision, settings, cancellationToken);
        try
        {
            await snapshot.FetchAsync(snapshot.Paths.Where(IsText), cancellationToken);
            string folder = SentenceFiles.Read(snapshot.Files).TransformerFolder;
            FileSource transformer = snapshot.Files.Below(folder);
            // The weights come last, so that a snapshot that has them is whole.
            await snapshot.FetchAsync(WeightFiles.Choose(transformer, BertModel.ReadConfig(transformer)).Select(path => folder.Length == 0 ? path : $"{folder}/{path}"), cancellationToken);
        }
        catch (FileNotFoundException exception) when (snapshot.WhyCached is { } why)
        {
            throw new FileNotFoundException($"{exception.Message} It is not on the hub either: {why.TrimEnd('.')}.", exception.FileName, exception);
        }
        snapshot.Complete();
        return snapshot.Folder;
    }

    // Modules have folders with a number: 1_Pooling.
    private static bool IsText(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return (path.Length == name.Length || (char.IsAsciiDigit(path[0]) && path.Count(c => c == '/') == 1))
            && (Texts.Contains(name) || (name.StartsWith("sentence_", StringComparison.Ordinal) && name.EndsWith("_config.json", StringComparison.Ordinal)));
    }
}
