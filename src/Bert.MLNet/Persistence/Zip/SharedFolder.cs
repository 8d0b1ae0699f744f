using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Bert.MLNet.Persistence;

/// <summary>
/// Files in a model.zip that several components of the model share: written once under a name derived from their content, and read once by
/// the first component.
/// </summary>
/// <remarks>
/// ML.NET gives each component a separate folder and does not support sharing, so these files are in a folder at the root of the zip. They
/// are stored without compression and read directly from the zip, because weights are large and hardly compress.
/// </remarks>
internal static class SharedFolder
{
    private const string Root = "Bert.MLNet/";

    private static readonly ConditionalWeakTable<RepositoryReader, Dictionary<string, object>> Loaded = [];

    /// <summary>
    /// Writes the files unless a component of the same model has already written them, and stores the folder's name in the component.
    /// </summary>
    /// <param name="ctx">The component that needs the files.</param>
    /// <param name="name">The folder's name, equal for equal content.</param>
    /// <param name="write">Writes the files with a function that creates a file by its name. Each file is closed before the next is
    /// created.</param>
    public static void Save(ModelSaveContext ctx, string name, Action<Func<string, Stream>> write)
    {
        RepositoryWriter repository = ctx.Repository
            ?? throw new NotSupportedException(
                "A BERT step can only be saved to a model file (mlContext.Model.Save), not to a single stream in ML.NET's old format.");
        ctx.SaveNonEmptyString(name);
        string marker = Entry(name, "");
        if (repository.PathMap.TryAdd(marker, ""))
            write(file => repository._archive.CreateEntry(Entry(name, file), CompressionLevel.NoCompression).Open());
    }

    /// <summary>
    /// Loads the object in the component's shared files. All components of a model with the same folder get the same object.
    /// </summary>
    /// <param name="ctx">The component, at the position where <see cref="Save"/> stored the name.</param>
    /// <param name="read">Creates the object from the files, which it finds by name.</param>
    public static T Load<T>(ModelLoadContext ctx, Func<IReadOnlyDictionary<string, ZipArchiveEntry>, T> read)
        where T : class
    {
        RepositoryReader repository = ctx.Repository
            ?? throw new NotSupportedException("A BERT step can only be loaded from a model file (mlContext.Model.Load).");
        string name = ctx.LoadNonEmptyString();
        Dictionary<string, object> loaded = Loaded.GetOrCreateValue(repository);
        if (!loaded.TryGetValue(name, out object? value))
        {
            string folder = Entry(name, "");
            var files = new Dictionary<string, ZipArchiveEntry>();
            foreach (ZipArchiveEntry entry in repository._archive.Entries.Where(
                e => e.FullName.StartsWith(folder, StringComparison.Ordinal)))
            {
                if (!files.TryAdd(entry.FullName[folder.Length..], entry))
                    throw new FormatException($"The model file is damaged: it contains '{entry.FullName}' twice. Save the model again.");
            }
            if (files.Count == 0)
                throw new FormatException(
                    $"The model file is damaged: it has no folder '{folder}', which one of its BERT steps needs. Save the model again.");
            loaded.Add(name, value = read(files));
        }
        return (T)value;
    }

    /// <summary>Whether an entry of a model.zip is one of such files.</summary>
    public static bool Holds(ZipArchiveEntry entry) => entry.FullName.StartsWith(Root, StringComparison.Ordinal);

    private static string Entry(string folder, string file) => $"{Root}{folder}/{file}";
}
