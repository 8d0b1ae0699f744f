using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Training;

/// <summary>
/// Stores the weights, optimizer and state of a training in a folder <c>checkpoint-N</c>, which is never visible incomplete. The
/// files are <c>model.safetensors</c>, <c>optimizer.safetensors</c>, <c>trainer_state.json</c> and, if earlier weights were better,
/// <c>best.safetensors</c>.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string Prefix = "checkpoint-", Partial = ".tmp";
    private const string Weights = "model.safetensors", Best = "best.safetensors";
    private const string Optimizer = "optimizer.safetensors", State = "trainer_state.json";
    private const string Mean = "exp_avg.", Square = "exp_avg_sq.";

    /// <summary>Writes a checkpoint. Removes the oldest beyond <paramref name="limit"/> and the remains of killed processes.</summary>
    /// <param name="folder">The folder of the checkpoints.</param>
    /// <param name="step">The number of completed updates.</param>
    /// <param name="module">The module that is trained.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="state">The state of the training, which is stored as JSON.</param>
    /// <param name="limit">The number of checkpoints to keep.</param>
    /// <param name="best">The best weights so far; null if they are unknown.</param>
    public static void Save<TState>(
        string folder, long step, TrainableModule module, AdamW optimizer, TState state, int limit, BertWeights? best = null)
    {
        string target = Path.Combine(folder, Prefix + step.ToString(CultureInfo.InvariantCulture));
        string beside = target + Partial;
        Directory.CreateDirectory(beside);
        File.Delete(Path.Combine(beside, Best)); // a killed process can leave it
        Write(Path.Combine(beside, Weights), module.ToWeights().ToFile(module.Config));
        if (best is not null)
            Write(Path.Combine(beside, Best), best.ToFile(module.Config));
        Write(Path.Combine(beside, Optimizer), new Safetensors(
            [.. optimizer.State.SelectMany(s => new[] { Vector(Mean + s.Name, s.Mean), Vector(Square + s.Name, s.Square) })],
                Safetensors.DefaultMetadata));
        File.WriteAllText(Path.Combine(beside, State), JsonSerializer.Serialize(state));
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(beside, target);
        foreach (string old in All(folder).SkipLast(limit).Concat(Directory.GetDirectories(folder, Prefix + "*" + Partial)))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Reads the state of the latest checkpoint.</summary>
    /// <returns>The state, or the default value if there is no checkpoint.</returns>
    /// <exception cref="InvalidDataException">The file is missing or does not contain such a state.</exception>
    public static TState? LoadState<TState>(string folder)
    {
        if (Latest(folder) is not { } latest)
            return default;
        string file = Path.Combine(latest, State);
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<TState>(BoundedText.Read(stream, file, BoundedText.Config))
                ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            throw new InvalidDataException(
                $"'{file}' does not contain the state of a training. Remove the folder '{latest}' to resume from the checkpoint before it.",
                error);
        }
    }

    /// <summary>Loads the latest checkpoint into module and optimizer.</summary>
    /// <returns>The state, or the default value if there is no checkpoint.</returns>
    public static TState? LoadLatest<TState>(string folder, TrainableModule module, AdamW optimizer)
    {
        if (Latest(folder) is not { } latest)
            return default;
        module.Load(ReadWeights(Path.Combine(latest, Weights), module.Config));
        Dictionary<string, BertTensor> moments = Read(Path.Combine(latest, Optimizer)).Tensors.ToDictionary(tensor => tensor.Name);
        foreach ((string name, float[] mean, float[] square) in optimizer.State)
        {
            Copy(moments, Mean + name, mean, latest);
            Copy(moments, Square + name, square, latest);
        }
        optimizer.Steps = long.Parse(Path.GetFileName(latest)[Prefix.Length..], CultureInfo.InvariantCulture);
        return LoadState<TState>(folder);
    }

    /// <summary>Returns the best weights in the latest checkpoint, or null if it has none.</summary>
    public static BertWeights? LoadBest(string folder, BertConfig config) =>
        Latest(folder) is { } latest && File.Exists(Path.Combine(latest, Best)) ? ReadWeights(Path.Combine(latest, Best), config) : null;

    /// <summary>Returns the folder of the latest checkpoint, or null if there is none.</summary>
    public static string? Latest(string folder) => All(folder).LastOrDefault();

    /// <summary>
    /// Sets the module's weights to the mean of the latest checkpoints. It is in a flatter region than each of them and usually
    /// generalizes a little better (Izmailov et al., 2018, arXiv:1803.05407). The mean of a checkpoint and one that was trained
    /// further from it keeps most of the strengths of both (Wortsman et al., 2021, arXiv:2109.01903).
    /// </summary>
    /// <param name="folders">
    /// The folders of one training, or of several with a common start. The folder of a model counts as one checkpoint.
    /// </param>
    /// <param name="module">The module.</param>
    /// <param name="count">The number of checkpoints to use from each folder.</param>
    /// <exception cref="FileNotFoundException">A folder contains no checkpoint.</exception>
    public static void LoadAverage(IReadOnlyCollection<string> folders, TrainableModule module, int count)
    {
        string[] checkpoints = [.. folders.SelectMany(folder => LatestOf(folder, count))];
        float[][] means = [.. module.State().Select(p => new float[p.Parameter.NumberOfElements])];
        foreach (string checkpoint in checkpoints)
        {
            module.Load(ReadWeights(Path.Combine(checkpoint, Weights), module.Config));
            foreach ((float[] mean, (_, var parameter)) in means.Zip(module.State()))
                TensorPrimitives.MultiplyAdd(parameter.Values(), 1f / checkpoints.Length, mean, mean);
        }
        foreach ((float[] mean, (_, var parameter)) in means.Zip(module.State()))
            mean.CopyTo(parameter.Values());
    }

    private static IEnumerable<string> LatestOf(string folder, int count) =>
        Latest(folder) is not null ? All(folder).TakeLast(count)
        : File.Exists(Path.Combine(folder, Weights)) ? [folder]
        : throw new FileNotFoundException(
            $"There is no checkpoint in '{folder}'. Name a folder that a training wrote to, or the folder of a model.");

    private static BertWeights ReadWeights(string file, BertConfig config) => BertWeights.FromFile(Read(file), file, config.Family);

    private static IEnumerable<string> All(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetDirectories(folder, Prefix + "*")
                .Where(path => long.TryParse(
                    Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderBy(path => long.Parse(Path.GetFileName(path)[Prefix.Length..], CultureInfo.InvariantCulture))
            : [];

    private static void Copy(Dictionary<string, BertTensor> moments, string name, float[] values, string folder)
    {
        if (!moments.TryGetValue(name, out BertTensor? moment) || moment.Type != TensorType.F32 || moment.Count != values.Length)
        {
            throw new InvalidDataException(
                $"'{Path.Combine(folder, Optimizer)}' does not contain {values.Length} values of '{name}', " +
                "as the trained model requires. " +
                $"Remove the folder '{folder}' to resume from the checkpoint before it.");
        }
        moment.CopyTo(values);
    }

    private static BertTensor Vector(string name, float[] values) => BertTensor.Create(name, [values.Length], values);

    private static void Write(string path, Safetensors content)
    {
        using FileStream file = File.Create(path);
        content.Write(file);
    }

    private static Safetensors Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Safetensors.Read(file, file.Length, path);
    }
}
