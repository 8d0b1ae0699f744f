using Bert.MLNet.Models;

namespace Bert.MLNet.Training;

/// <summary>Adapters for the linear parts of the layers of an encoder and a decoder.</summary>
internal static class LowRankAdaptation
{
    /// <summary>The name under which a part registers its adapter.</summary>
    public const string Name = "lora";

    private static readonly string[] Parts =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense",
            "intermediate.gate", "output.dense"];

    /// <summary>Returns whether a parameter belongs to an adapter.</summary>
    public static bool IsAdapter(string parameterName) => parameterName.Contains($".{Name}.", StringComparison.Ordinal);

    /// <summary>Checks the targets in the options.</summary>
    /// <exception cref="ArgumentException">A target matches no part of a layer, or there are no targets.</exception>
    public static void CheckTargets(IReadOnlyList<string> targets)
    {
        string? unknown = targets.Count == 0 ? "" : targets.FirstOrDefault(target => !Parts.Any(part => Matches(part, target)));
        if (unknown is not null)
            throw new ArgumentException(
                $"LoraTargets has {(unknown.Length > 0 ? $"'{unknown}'" : "nothing")}; " +
                $"name the ends of some of {string.Join(", ", Parts)}, such as 'query'.");
    }

    /// <summary>Adds adapters with random values from torch's default generator.</summary>
    /// <param name="module">The encoder, or the encoder and the decoder.</param>
    /// <param name="rank">The rank of the adapters; 0 adds none.</param>
    /// <param name="alpha">The factor of the adapters, before it is divided by their rank.</param>
    /// <param name="targets">The ends of the names of the parts that receive adapters.</param>
    /// <param name="inDecoder">Whether the layers of the decoder receive them, too.</param>
    public static void AddTo(TrainableModule module, int rank, double alpha, IReadOnlyList<string> targets, bool inDecoder = false)
    {
        if (rank == 0)
            return;
        foreach ((string name, Dense dense) in PartsOf(module))
        {
            if ((inDecoder || !IsOfDecoder(name)) && targets.Any(target => Matches(name, target)))
                dense.AddAdapter(rank, alpha);
        }
    }

    /// <summary>Adds the adapters to the weights of their layers and removes them.</summary>
    public static void Merge(TrainableModule module)
    {
        foreach ((_, Dense dense) in PartsOf(module))
            dense.MergeAdapter();
    }

    /// <summary>Returns the weights that <see cref="Merge"/> would leave, and leaves the module as it is.</summary>
    public static BertWeights Merged(TrainableModule module)
    {
        Dictionary<string, Dense> parts = PartsOf(module).ToDictionary(part => part.Name + ".weight", part => part.Dense);
        return BertWeights.Create(
            from p in module.State()
            where !IsAdapter(p.Name)
            select BertTensor.Create(p.Name, [.. p.Parameter.shape.Select(size => (int)size)],
                parts.TryGetValue(p.Name, out Dense? dense) ? dense.MergedWeight() : p.Parameter.Values(), TensorType.F32));
    }

    private static bool IsOfDecoder(string name) => name.StartsWith(DecoderWeights.Prefix, StringComparison.Ordinal);

    private static IEnumerable<(string Name, Dense Dense)> PartsOf(TrainableModule module) =>
        from part in module.named_modules()
        let name = ModuleState.Canonical(part.name)
        let layer = IsOfDecoder(name) ? name[DecoderWeights.Prefix.Length..] : name
        where part.module is Dense && layer.StartsWith(CanonicalNames.Layer, StringComparison.Ordinal)
        select (part.name, (Dense)part.module);

    // Like peft's target_modules.
    private static bool Matches(string name, string target) => name == target || name.EndsWith("." + target, StringComparison.Ordinal);
}
