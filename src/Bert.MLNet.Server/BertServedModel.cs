namespace Bert.MLNet;

/// <summary>A model of a server: where it is found, and the id by which requests name it. Immutable.</summary>
public sealed record BertServedModel
{
    /// <summary>Initializes a model that is opened when the server starts.</summary>
    /// <param name="source">
    /// The folder of a checkpoint, its name on the HuggingFace hub, the path of a <c>model.zip</c>, <c>embedded</c> for
    /// <see cref="BertModel.Default"/>, or <c>embedded-static</c> for <see cref="BertModel.DefaultStatic"/>.
    /// </param>
    /// <param name="id">The id. Null: the name of the folder, the name on the hub, or the name of the file without its extension.</param>
    /// <exception cref="ArgumentException"><paramref name="source"/> or <paramref name="id"/> is empty.</exception>
    public BertServedModel(string source, string? id = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        Source = source;
        Id = Checked(id) ?? (File.Exists(source) ? Path.GetFileNameWithoutExtension(source)
            : Directory.Exists(source) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)))
            : Included(source)?.Name ?? source);
    }

    /// <summary>Initializes a model from a checkpoint that is already open.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="id">The id. Null: the checkpoint's name.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is empty.</exception>
    public BertServedModel(BertModel model, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Checkpoint = model;
        Id = Checked(id) ?? model.Name;
    }

    /// <summary>The id by which requests name the model.</summary>
    public string Id { get; }

    /// <summary>The path or name; null for a checkpoint that is already open.</summary>
    public string? Source { get; }

    /// <summary>The checkpoint that is already open; null for a path or name.</summary>
    public BertModel? Checkpoint { get; }

    /// <summary>The included model with a name, unless a folder has it; otherwise null.</summary>
    internal static BertModel? Included(string source) => Directory.Exists(source) ? null : source switch
    {
        "embedded" => BertModel.Default,
        "embedded-static" => BertModel.DefaultStatic,
        _ => null,
    };

    private static string? Checked(string? id)
    {
        if (id is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return id;
    }
}
