using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models.Families;

/// <summary>
/// The fields of ModernBERT's <c>config.json</c> since transformers 5, which take precedence over the older ones. All versions read the
/// older ones, so only these are written.
/// </summary>
internal static class NewerModernBertFields
{
    private const string LayerTypes = "layer_types", RopeParameters = "rope_parameters", AllTokens = "full_attention",
        NearTokens = "sliding_attention";

    public static IReadOnlyList<ConfigField> All { get; } =
    [
        new(LayerTypes, ReadLayers, _ => null),
        new(RopeParameters, ReadRotation, _ => null),
    ];

    public static IReadOnlyList<LimitedField> Limits { get; } =
    [
        new(LayerTypes, $"only '{AllTokens}' for the first of every n layers and '{NearTokens}' for the others are", value =>
            value.ValueKind == JsonValueKind.Array && Period([.. value.EnumerateArray().Select(type => type.ToString())]) is not null),
        new(RopeParameters, RopeFields.Supported, value => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(layers =>
            layers.Name is AllTokens or NearTokens
                && (layers.Value.ValueKind == JsonValueKind.Null || RopeFields.IsUnscaled(layers.Value)))),
    ];

    private static BertConfig ReadLayers(JsonFields fields, BertConfig config)
    {
        if (fields.Find(LayerTypes) is not { } value)
            return config;
        IReadOnlyList<string> types = fields.Texts(LayerTypes);
        return types.Count == config.NumHiddenLayers
            ? config with { GlobalAttnEveryNLayers = Period(types) ?? config.GlobalAttnEveryNLayers }
            : throw fields.Wrong(LayerTypes, value, $"a type for each of the {config.NumHiddenLayers} layers");
    }

    private static BertConfig ReadRotation(JsonFields fields, BertConfig config) => fields.Find(RopeParameters) is not { } value
        ? config
        : config with
        {
            GlobalRopeTheta = Base(value, AllTokens) ?? config.GlobalRopeTheta,
            LocalRopeTheta = Base(value, NearTokens) ?? config.LocalRopeTheta,
        };

    private static double? Base(JsonElement parameters, string layers) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(layers, out JsonElement rope)
            ? RopeFields.Base(rope)
            : null;

    /// <summary>The distance of layers that attend to all tokens; null if the first does not, or the distances differ.</summary>
    private static int? Period(IReadOnlyList<string> types)
    {
        int period = 1;
        while (period < types.Count && types[period] != AllTokens)
            period++;
        bool isRegular = types.Index().All(type => type.Item == (type.Index % period == 0 ? AllTokens : NearTokens));
        return isRegular && types.Count > 0 ? period : null;
    }
}
