using Bert.MLNet.Hub;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>Finds the folder of a checkpoint on disk, and writes it atomically.</summary>
internal static class CheckpointFolder
{
    private const string ConfigName = "config.json";

    /// <summary>Finds a folder by name, or returns null if it does not exist but may be the name of a model on the hub.</summary>
    /// <exception cref="DirectoryNotFoundException">The name is neither.</exception>
    /// <exception cref="InvalidDataException">A process ended while replacing the checkpoint.</exception>
    public static FileSource? Find(string nameOrPath)
    {
        if (Directory.Exists(nameOrPath))
        {
            WholeFolder.Check(nameOrPath);
            return new FolderSource(nameOrPath);
        }
        if (File.Exists(nameOrPath))
            throw new DirectoryNotFoundException(
                $"'{nameOrPath}' is a file. Pass the folder that contains config.json, the vocabulary and the weights.");
        return HubName.IsModel(nameOrPath) ? null : throw new DirectoryNotFoundException(
            $"'{nameOrPath}' is neither an existing folder nor a valid name of a model on the hub. Pass a folder that contains " +
            "config.json, the vocabulary and the weights.");
    }

    /// <summary>Writes a checkpoint, and removes the other files of an existing one; unrelated files remain.</summary>
    /// <param name="folder">The folder, which is created if it does not exist.</param>
    /// <param name="write">Writes the files with a function that creates one by its path.</param>
    /// <param name="moving">Called before each step of the exchange, or null.</param>
    /// <exception cref="IOException">The folder has files with the same names that do not belong to a checkpoint.</exception>
    public static void Write(string folder, Action<Func<string, Stream>> write, Action? moving = null) =>
        WholeFolder.Write(folder, ConfigName, write, FilesOf, Check, moving);

    /// <summary>Lists all files that a checkpoint can have in a folder.</summary>
    private static IEnumerable<string> FilesOf(string folder) =>
        [ConfigName, .. WeightFiles.All(folder), .. BertTokenizer.FileNames, .. DecoderFiles.All, .. SentenceFiles.All];

    private static void Check(string folder, IEnumerable<string> written)
    {
        if (WholeFolder.IsTorn(folder) || IsCheckpoint(folder))
            return;
        if (written.Union(FilesOf(folder)).Select(path => Path.Combine(folder, path)).FirstOrDefault(File.Exists) is { } other)
            throw new IOException($"'{other}' exists and does not belong to a checkpoint, so it is not overwritten. Choose another " +
                "folder, or move the file.");
    }

    // Only of a supported kind: the config.json of another application or model must not be overwritten.
    private static bool IsCheckpoint(string folder)
    {
        var files = new FolderSource(folder);
        if (files.ReadText(ConfigName) is not { } json)
            return files.Contains(SentenceFiles.Modules);
        try
        {
            BertModel.ReadConfig(files);
            return JsonFields.Parse(json, ConfigName).Find("model_type", "hidden_size", "dim") is not null;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return false;
        }
    }
}
