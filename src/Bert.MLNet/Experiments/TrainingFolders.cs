using System.IO.Hashing;
using System.Text;

namespace Bert.MLNet.Experiments;

/// <summary>Folders for the checkpoints of trainings that go on later.</summary>
/// <param name="kept">The folder that keeps them; null for temporary ones.</param>
internal sealed class TrainingFolders(string? kept) : IDisposable
{
    private readonly Lazy<string> _root = new(
        () => kept is not null ? Path.Combine(kept, "trainings") : Directory.CreateTempSubdirectory("bert-experiment-").FullName,
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Returns the folder of a training.</summary>
    public string Of(string name) =>
        Path.Combine(_root.Value, Convert.ToHexStringLower(XxHash64.Hash(Encoding.UTF8.GetBytes(name))));

    public void Dispose()
    {
        if (kept is null && _root.IsValueCreated)
            Directory.Delete(_root.Value, recursive: true);
    }
}
