using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Training;

/// <summary>
/// A training's weights, optimizer and state in a folder <c>checkpoint-N</c> that appears whole or not at all:
/// <c>model.safetensors</c>, <c>optimizer.safetensors</c>, <c>trainer_state.json</c>, and <c>best.safetensors</c> where earlier weights were better.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string Prefix = "checkpoint-", Partial = ".tmp";
    private const string Weights = "model.safetensors", Best = "best.safetensors", Optimizer = "optimizer.safetensors", State = "trainer_state.json";
    private const string Mean = "exp_avg.", Square = "exp_avg_sq.";

    /// <summary>Writes a checkpoint, and removes the oldest beyond <paramref name="limit"/> and what killed processes have left.</summary>
    /// <param name="folder">Where checkpoints are.</param>
    /// <param name="step">Updates done.</param>
    /// <param name="module">What is trained.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="state">Where the training stands, as JSON.</param>
    /// <param name="limit">How many checkpoints are kept.</param>
    /// <param name="best">The best weights so far; null when nobody knows.</param>
    public static void Save<TState>(string folder, long step, BertForTask module, AdamW optimizer, TState state, int limit, BertWeights? best = null)
    {
        string target = Path.Combine(folder, Prefix + step.ToString(CultureInfo.InvariantCulture));
        string beside = target + Partial;
        Directory.CreateDirectory(beside);
        File.Delete(Path.Combine(beside, Best)); // which a killed process may have left
        Write(Path.Combine(beside, Weights), module.ToWeights().ToFile(module.Config));
        if (best is not null)
            Write(Path.Combine(beside, Best), best.ToFile(module.Config));
        Write(Path.Combine(beside, Optimizer), new Safetensors(
            [.. optimizer.State.SelectMany(s => new[] { Vector(Mean + s.Name, s.Mean), Vector(Square + s.Name, s.Square) })], Safetensors.DefaultMetadata));
        File.WriteAllText(Path.Combine(beside, State), JsonSerializer.Serialize(state));
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(beside, target);
        foreach (string old in All(folder).SkipLast(limit).Concat(Directory.GetDirectories(folder, Prefix + "*" + Partial)))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Reads the state of the latest checkpoint.</summary>
    /// <returns>Where the training stood; the default when there is no checkpoint.</returns>
    /// <exception cref="InvalidDataException">The file is missing or is no such state.</exception>
    public static TState? LoadState<TState>(string folder)
    {
        if (Latest(folder) is not { } latest)
            return default;
        string file = Path.Combine(latest, State);
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize<TState>(BoundedText.Read(stream, file, BoundedText.Config)) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException)
        {
            throw new InvalidDataException($"'{file}' does not hold the state of a training. Remove the folder '{latest}' to go on from the checkpoint before it.", error);
        }
    }

    /// <summary>Reads the latest checkpoint into module and optimizer.</summary>
    /// <returns>Where the training stood; the default when there is no checkpoint.</returns>
    public static TState? LoadLatest<TState>(string folder, BertForTask module, AdamW optimizer)
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

    /// <summary>The best weights that the latest checkpoint knows; null when it knows none.</summary>
    public static BertWeights? LoadBest(string folder, BertConfig config) =>
        Latest(folder) is { } latest && File.Exists(Path.Combine(latest, Best)) ? ReadWeights(Path.Combine(latest, Best), config) : null;

    /// <summary>The folder of the latest checkpoint; null when there is none.</summary>
    public static string? Latest(string folder) => All(folder).LastOrDefault();

    /// <summary>
    /// Sets the module's weights to the mean of the latest checkpoints', which lies in a flatter place than each of them and usually
    /// generalises a little better (Izmailov et al., 2018, arXiv:1803.05407). Between a training and the one that went on from it, the mean
    /// keeps most of what either is good at (Wortsman et al., 2021, arXiv:2109.01903).
    /// </summary>
    /// <param name="folders">Of one training, or of several that have a start in common; a model's folder counts as one checkpoint.</param>
    /// <param name="module">The module.</param>
    /// <param name="count">How many checkpoints of each folder count.</param>
    /// <exception cref="FileNotFoundException">There is no checkpoint in a folder.</exception>
    public static void LoadAverage(IReadOnlyCollection<string> folders, BertForTask module, int count)
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
        : throw new FileNotFoundException($"There is no checkpoint in '{folder}'. Name the folder that a training wrote to, or a model's.");

    private static BertWeights ReadWeights(string file, BertConfig config) => BertWeights.FromFile(Read(file), file, config.Family);

    private static IEnumerable<string> All(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetDirectories(folder, Prefix + "*")
                .Where(path => long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderBy(path => long.Parse(Path.GetFileName(path)[Prefix.Length..], CultureInfo.InvariantCulture))
            : [];

    private static void Copy(Dictionary<string, BertTensor> moments, string name, float[] values, string folder)
    {
        if (!moments.TryGetValue(name, out BertTensor? moment) || moment.Type != TensorType.F32 || moment.Count != values.Length)
        {
            throw new InvalidDataException(
                $"'{Path.Combine(folder, Optimizer)}' has no {values.Length} values of '{name}', which the model that is trained has. Remove the folder '{folder}' to go on from the checkpoint before it.");
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
