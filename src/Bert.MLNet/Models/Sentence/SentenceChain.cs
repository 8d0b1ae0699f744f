using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>The list of modules in <c>modules.json</c>.</summary>
internal static class SentenceChain
{
    /// <summary>The modules between a transformer and its pooling.</summary>
    public const string LayerModule = nameof(WeightedLayerPooling), WeightsModule = nameof(WordWeights);

    public const string Pooling = "Pooling";

    /// <summary>The module that replaces a transformer and its pooling.</summary>
    public const string Static = "StaticEmbedding";

    /// <summary>The most modules that a list may have, so that all files of a checkpoint can be named.</summary>
    public const int MaxModules = 16;

    /// <summary>The modules that compute a vector from a vector.</summary>
    private static readonly string[] s_vectorModules = [DenseLayer.Name, LayerNormLayer.Name, NormalizeLayer.Name];

    /// <summary>Whether a module computes a vector from a vector.</summary>
    public static bool IsVectorModule(string kind) => s_vectorModules.Contains(kind);

    /// <summary>Lists the paths of all files that the modules after the first can have in folders named after their place.</summary>
    public static IEnumerable<string> PossibleFiles() =>
        from place in Enumerable.Range(1, MaxModules - 1)
        from module in (string[])[LayerModule, WeightsModule, Pooling, .. s_vectorModules]
        from file in (string[])(module == WeightsModule ? [WordWeights.FileName] : [ModuleFiles.ConfigName, ModuleFiles.WeightsName])
        select $"{Folder(place, module)}/{file}";

    /// <summary>The folder of a module.</summary>
    public static string Folder(int place, string kind) =>
        place == 0 ? "" : $"{place.ToString(CultureInfo.InvariantCulture)}_{kind}";

    /// <summary>Reads the modules in their order, without those that have no effect after training.</summary>
    /// <exception cref="NotSupportedException">A module is not supported, or not at its place.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static List<(string Kind, string Path)> Parse(string json, string file)
    {
        JsonElement list = JsonFile.Parse(json, file);
        if (list.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"'{file}' does not contain a list of modules. Copy or download the file again.");
        var chain = new List<(string Kind, string Path)>();
        foreach (JsonElement module in list.EnumerateArray())
        {
            JsonFields fields = JsonFields.Of(module, file);
            string type = fields.Text("type")
                ?? throw new InvalidDataException($"'{file}' has a module without a 'type'. Copy or download the file again.");
            string kind = type[(type.LastIndexOf('.') + 1)..];
            if (kind == "Dropout")
                continue;
            if (!IsInPlace(kind, chain))
                throw new NotSupportedException(
                    $"The module '{type}' at position {chain.Count} of '{file}' is not supported. Supported are a Transformer, " +
                    $"optionally {LayerModule} and {WeightsModule}, a {Pooling}, or {Static} instead of these, and any of " +
                    $"{string.Join(", ", s_vectorModules)}, in this order. Use another checkpoint.");
            if (chain.Count == MaxModules)
                throw new NotSupportedException($"'{file}' has more than {MaxModules} modules. Use another checkpoint.");
            chain.Add((kind, CheckpointPath.Check(fields.Text("path") ?? "", file)));
        }
        return chain.Count > 0 ? chain : throw new InvalidDataException($"'{file}' names no modules. Copy or download the file again.");
    }

    /// <summary>Creates the text of the file.</summary>
    /// <param name="kinds">The modules in their order.</param>
    public static string Format(IEnumerable<string> kinds) =>
        JsonFile.Format(kinds.Select((kind, place) => new Dictionary<string, object?>
        {
            ["idx"] = place,
            ["name"] = place.ToString(CultureInfo.InvariantCulture),
            ["path"] = Folder(place, kind),
            ["type"] = "sentence_transformers.models." + kind,
        }));

    private static bool IsInPlace(string kind, List<(string Kind, string Path)> chain) => kind switch
    {
        "Transformer" => chain.Count == 0,
        Static => chain.Count == 0,
        LayerModule => chain is [(not Static, _)],
        WeightsModule => chain is [(not Static, _)] or [_, (LayerModule, _)],
        Pooling => chain is [(not Static, _)] or [.., (LayerModule or WeightsModule, _)],
        _ when IsVectorModule(kind) => chain.Any(module => module.Kind is Pooling or Static),
        // Earlier names of the transformer.
        _ => chain.Count == 0 && ModelFamilies.All.Any(family => family.ModelType.Equals(kind, StringComparison.OrdinalIgnoreCase)),
    };
}
