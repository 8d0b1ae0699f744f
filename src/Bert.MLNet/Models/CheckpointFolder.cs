using Bert.MLNet.Hub;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>A checkpoint's folder on disk: found by what a user types, and written so that a failure leaves what was there.</summary>
internal static class CheckpointFolder
{
    /// <summary>The folder of that name; null when there is none and it may be the name of a model on the hub.</summary>
    /// <exception cref="DirectoryNotFoundException">It is neither.</exception>
    public static FileSource? Find(string nameOrPath)
    {
        if (Directory.Exists(nameOrPath))
            return new FolderSource(nameOrPath);
        if (File.Exists(nameOrPath))
            throw new DirectoryNotFoundException($"'{nameOrPath}' is a file. Pass the folder that holds config.json, the vocabulary and the weights.");
        return HubName.IsModel(nameOrPath) ? null : throw new DirectoryNotFoundException(
            $"There is no folder '{nameOrPath}', and it is no name of a model on the hub. Pass a folder that holds config.json, the vocabulary and the weights.");
    }

    /// <summary>Writes all files beside the folder first, then moves them in; files of another kind in the folder stay as they are.</summary>
    /// <param name="folder">The folder; it is created when it is not there.</param>
    /// <param name="write">Writes the files through a function that creates one by its path.</param>
    /// <param name="stale">Paths that would be read instead of what is written, or with it; they are removed when they are not written now.</param>
    /// <exception cref="IOException">The folder has files of the same names that are no checkpoint's.</exception>
    public static void Write(string folder, Action<Func<string, Stream>> write, IEnumerable<string> stale)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder))
            throw new IOException($"'{folder}' is a file, so no checkpoint can be saved there. Choose the name of a folder.");
        string beside = $"{folder}.{Path.GetRandomFileName()}";
        try
        {
            var written = new List<string>();
            Directory.CreateDirectory(beside);
            write(path =>
            {
                written.Add(path);
                string file = Path.Combine(beside, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                return File.Create(file);
            });
            if (Directory.Exists(folder))
                Replace(folder, beside, written, stale);
            else
                Directory.Move(beside, folder);
        }
        finally
        {
            if (Directory.Exists(beside))
                Directory.Delete(beside, recursive: true);
        }
    }

    private static void Replace(string folder, string beside, List<string> written, IEnumerable<string> stale)
    {
        if (!IsCheckpoint(folder) && written.Find(path => File.Exists(Path.Combine(folder, path))) is { } other)
            throw new IOException($"'{Path.Combine(folder, other)}' exists and belongs to no checkpoint, so it is not overwritten. Choose another folder, or move the file away.");
        foreach (string path in written)
        {
            string file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Move(Path.Combine(beside, path), file, overwrite: true);
        }
        foreach (string file in stale.Concat(Shards(folder)).Except(written).Select(path => Path.Combine(folder, path)).Where(File.Exists))
            File.Delete(file);
    }

    // Of a kind that is read here: another application's config.json, or another model's, is nobody's to overwrite.
    private static bool IsCheckpoint(string folder)
    {
        var files = new FolderSource(folder);
        if (files.ReadText("config.json") is not { } json)
            return files.Contains(SentenceFiles.Modules);
        try
        {
            BertConfig.Parse(json);
            return JsonFields.Parse(json, "config.json").Find("model_type", "hidden_size", "dim") is not null;
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
        {
            return false;
        }
    }

    private static IEnumerable<string> Shards(string folder) =>
        Directory.EnumerateFiles(folder, "model-*-of-*.safetensors").Select(file => Path.GetFileName(file));
}
