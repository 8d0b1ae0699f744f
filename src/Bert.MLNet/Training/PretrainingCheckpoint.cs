using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Bert.MLNet.Models;

namespace Bert.MLNet.Training;

/// <summary>Where a training stands.</summary>
/// <param name="Step">Updates done.</param>
/// <param name="Tokens">Tokens seen.</param>
/// <param name="Elapsed">Time used, parts before an interruption included.</param>
internal sealed record PretrainingState(long Step = 0, long Tokens = 0, TimeSpan Elapsed = default);

/// <summary>
/// A training's weights, optimizer and state in a folder <c>checkpoint-N</c> that appears whole or not at all:
/// <c>model.safetensors</c>, <c>optimizer.safetensors</c> and <c>trainer_state.json</c>.
/// </summary>
internal static class PretrainingCheckpoint
{
    private const string Prefix = "checkpoint-";
    private const string Weights = "model.safetensors", Optimizer = "optimizer.safetensors", State = "trainer_state.json";
    private const string Mean = "exp_avg.", Square = "exp_avg_sq.";

    /// <summary>Writes a checkpoint and removes the oldest beyond <paramref name="limit"/>.</summary>
    public static void Save(string folder, BertForMaskedLM module, AdamW optimizer, PretrainingState state, int limit)
    {
        string target = Path.Combine(folder, Prefix + state.Step.ToString(CultureInfo.InvariantCulture));
        string beside = target + ".tmp";
        Directory.CreateDirectory(beside);
        Write(Path.Combine(beside, Weights), module.ToWeights().ToFile(module.Config));
        Write(Path.Combine(beside, Optimizer), new Safetensors(
            [.. optimizer.State.SelectMany(s => new[] { Vector(Mean + s.Name, s.Mean), Vector(Square + s.Name, s.Square) })], Safetensors.DefaultMetadata));
        File.WriteAllText(Path.Combine(beside, State), JsonSerializer.Serialize(state));
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Directory.Move(beside, target);
        foreach (string old in All(folder).SkipLast(limit))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Reads the latest checkpoint into module and optimizer.</summary>
    /// <returns>Where the training stood; null when there is no checkpoint.</returns>
    public static PretrainingState? LoadLatest(string folder, BertForMaskedLM module, AdamW optimizer)
    {
        if (Latest(folder) is not { } latest)
            return null;
        module.Load(ReadWeights(latest));
        Dictionary<string, BertTensor> moments = Read(Path.Combine(latest, Optimizer)).Tensors.ToDictionary(tensor => tensor.Name);
        foreach ((string name, float[] mean, float[] square) in optimizer.State)
        {
            moments[Mean + name].CopyTo(mean);
            moments[Square + name].CopyTo(square);
        }
        PretrainingState state = JsonSerializer.Deserialize<PretrainingState>(File.ReadAllText(Path.Combine(latest, State)))!;
        optimizer.Steps = state.Step;
        return state;
    }

    /// <summary>The folder of the latest checkpoint; null when there is none.</summary>
    public static string? Latest(string folder) => All(folder).LastOrDefault();

    /// <summary>
    /// Sets the module's weights to the mean of the latest checkpoints', which lies in a flatter place than each of them and usually
    /// generalises a little better (Izmailov et al., 2018, arXiv:1803.05407).
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no checkpoint in the folder.</exception>
    public static void LoadAverage(string folder, BertForMaskedLM module, int count)
    {
        string[] checkpoints = [.. All(folder).TakeLast(count)];
        if (checkpoints.Length == 0)
            throw new FileNotFoundException($"There is no checkpoint in '{folder}'. Name the folder that a training wrote to.");
        float[][] means = [.. module.State().Select(p => new float[p.Parameter.NumberOfElements])];
        foreach (string checkpoint in checkpoints)
        {
            module.Load(ReadWeights(checkpoint));
            foreach ((float[] mean, (_, var parameter)) in means.Zip(module.State()))
                TensorPrimitives.MultiplyAdd(parameter.Values(), 1f / checkpoints.Length, mean, mean);
        }
        foreach ((float[] mean, (_, var parameter)) in means.Zip(module.State()))
            mean.CopyTo(parameter.Values());
    }

    private static BertWeights ReadWeights(string checkpoint)
    {
        string file = Path.Combine(checkpoint, Weights);
        return BertWeights.FromFile(Read(file), file);
    }

    private static IEnumerable<string> All(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetDirectories(folder, Prefix + "*")
                .Where(path => long.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderBy(path => long.Parse(Path.GetFileName(path)[Prefix.Length..], CultureInfo.InvariantCulture))
            : [];

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
