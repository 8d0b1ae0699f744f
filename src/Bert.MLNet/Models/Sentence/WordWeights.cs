using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The file of sentence-transformers' module <c>WordWeights</c>: <c>vocab</c>, the tokens in the order of their ids, <c>word_weights</c>, a
/// weight by token, and <c>unknown_word_weight</c> for tokens without one.
/// </summary>
internal static class WordWeights
{
    public const string FileName = "wordweights_config.json";

    /// <summary>Reads the weights by token id.</summary>
    /// <param name="module">The files of the module.</param>
    public static float[] Read(ModuleFiles module)
    {
        JsonFields fields = module.Config(FileName, BoundedText.Vocabulary);
        var weights = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (JsonProperty member in fields.Members("word_weights") ?? [])
            weights[member.Name] = Weight(fields, $"word_weights.{member.Name}", member.Value);
        float unknown = fields.Find("unknown_word_weight") is { } value ? Weight(fields, "unknown_word_weight", value) : 1;
        return [.. fields.Texts("vocab")
            .Select(token => weights.TryGetValue(token, out float weight) || weights.TryGetValue(token.ToLowerInvariant(), out weight)
            ? weight
            : unknown)];
    }

    public static string Format(IReadOnlyList<float> weights, BertVocabulary vocabulary)
    {
        string[] tokens = [.. Enumerable.Range(0, vocabulary.Size).Select(id => vocabulary[id] ?? $"[unused{id}]")];
        return JsonFile.Format(new Dictionary<string, object>
        {
            ["vocab"] = tokens,
            ["word_weights"] = vocabulary.Ids.OrderBy(pair => pair.Value).ToDictionary(pair => pair.Key, pair => weights[pair.Value]),
            ["unknown_word_weight"] = 1,
        });
    }

    private static float Weight(JsonFields fields, string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float weight) && float.IsFinite(weight) && weight >= 0
            ? weight : throw fields.Wrong(name, value, "a number from 0");
}
