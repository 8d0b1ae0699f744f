using Bert.MLNet.Hub;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>A checkpoint's folder on disk: found by what a user types, and written so that a failure leaves what was there.</summary>
internal static class CheckpointFolder
{
    private const string ConfigName = "config.json";

    /// <summary>The folder of that name; null when there is none and it may be the name of a model on the hub.</summary>
    /// <exception cref="DirectoryNotFoundException">It is neither.</exception>
    /// <exception cref="InvalidDataException">A process ended while it replaced the checkpoint.</exception>
    public static FileSource? Find(string nameOrPath)
    {
        if (Directory.Exists(nameOrPath))
        {
            WholeFolder.Check(nameOrPath);
            return new FolderSource(nameOrPath);
        }
        if (File.Exists(nameOrPath))
            throw new DirectoryNotFoundException($"'{nameOrPath}' is a file. Pass the folder that contains config.json, the vocabulary and the weights.");
        return HubName.IsModel(nameOrPath) ? null : throw new DirectoryNotFoundException(
            $"'{nameOrPath}' is neither an existing folder nor a valid name of a model on the hub. Pass a folder that contains config.json, the vocabulary and the weights.");
    }

    /// <summary>Writes a checkpoint, and removes what the one that is there has besides; files of another kind stay.</summary>
    /// <param name="folder">The folder; it is created when it is not there.</param>
    /// <param name="write">Writes the files through a function that creates one by its path.</param>
    /// <param name="moving">Told before each step of the exchange; null for nobody.</param>
    /// <exception cref="IOException">The folder has files of the same names that do not belong to a checkpoint.</exception>
    public static void Write(string folder, Action<Func<string, Stream>> write, Action? moving = null) =>
        WholeFolder.Write(folder, ConfigName, write, FilesOf, Check, moving);

    /// <summary>Every file that a checkpoint may have in a folder.</summary>
    private static IEnumerable<string> FilesOf(string folder) =>
        [ConfigName, .. WeightFiles.All(folder), .. BertTokenizer.FileNames, .. SentenceFiles.All];

    private static void Check(string folder, IEnumerable<string> written)
    {
        if (WholeFolder.IsTorn(folder) || IsCheckpoint(folder))
            return;
        if (written.Union(FilesOf(folder)).Select(path => Path.Combine(folder, path)).FirstOrDefault(File.Exists) is { } other)
            throw new IOException($"'{other}' exists and does not belong to a checkpoint, so it is not overwritten. Choose another folder, or move the file.");
    }

    // Of a kind that is read here: another application's config.json, or another model's, is nobody's to overwrite.
    private static bool IsCheckpoint(string folder)
    {
        var files = new FolderSource(folder);
        if (files.ReadText(ConfigName) is not { } json)
            return files.Contains(SentenceFiles.Modules);
        try
        {
            BertConfig.Parse(json);
            return JsonFields.Parse(json, ConfigName).Find("model_type", "hidden_size", "dim") is not null;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return false;
        }
    }
}
