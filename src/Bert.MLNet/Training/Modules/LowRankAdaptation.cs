using Bert.MLNet.Models;

namespace Bert.MLNet.Training;

/// <summary>Adapters for the linear parts of an encoder's layers.</summary>
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

    /// <summary>Adds adapters with random values from torch's default generator to an encoder.</summary>
    /// <param name="module">The encoder.</param>
    /// <param name="rank">The rank of the adapters; 0 adds none.</param>
    /// <param name="alpha">The factor of the adapters, before it is divided by their rank.</param>
    /// <param name="targets">The ends of the names of the parts that receive adapters.</param>
    public static void AddTo(TrainableModule module, int rank, double alpha, IReadOnlyList<string> targets)
    {
        if (rank == 0)
            return;
        foreach ((_, Dense dense) in PartsOf(module).Where(part => targets.Any(target => Matches(part.Name, target))))
            dense.AddAdapter(rank, alpha);
    }

    /// <summary>Adds the adapters to the weights of their layers and removes them.</summary>
    public static void Merge(TrainableModule module)
    {
        foreach ((_, Dense dense) in PartsOf(module))
            dense.MergeAdapter();
    }

    private static IEnumerable<(string Name, Dense Dense)> PartsOf(TrainableModule module) =>
        from part in module.named_modules()
        where part.module is Dense && ModuleState.Canonical(part.name).StartsWith(CanonicalNames.Layer, StringComparison.Ordinal)
        select (part.name, (Dense)part.module);

    // Like peft's target_modules.
    private static bool Matches(string name, string target) => name == target || name.EndsWith("." + target, StringComparison.Ordinal);
}
