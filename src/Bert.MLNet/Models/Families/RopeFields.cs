using System.Text.Json;

namespace Bert.MLNet.Models.Families;

/// <summary>The form in which transformers 5 describes rotary positions in <c>config.json</c>.</summary>
internal static class RopeFields
{
    private const string Theta = "rope_theta";

    /// <summary>What is supported, as the part of a message.</summary>
    public const string Supported = "only rotary positions with a rope_theta above 0 and without scaling are";

    /// <summary>Whether the positions are rotated without scaling, and by the values of whole heads.</summary>
    public static bool IsUnscaled(JsonElement rope) => rope.ValueKind == JsonValueKind.Object && rope.EnumerateObject().All(field =>
        field.Value.ValueKind == JsonValueKind.Null || field.Name switch
        {
            "rope_type" or "type" => field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() == "default",
            Theta => field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDouble(out double theta)
                && theta > 0 && double.IsFinite(theta),
            "partial_rotary_factor" => field.Value.ValueKind == JsonValueKind.Number && field.Value.GetDouble() == 1,
            _ => false,
        });

    /// <summary>Gets the base of the angles; null if there is none.</summary>
    public static double? Base(JsonElement rope) => rope.ValueKind == JsonValueKind.Object
        && rope.TryGetProperty(Theta, out JsonElement theta) && theta.ValueKind == JsonValueKind.Number ? theta.GetDouble() : null;
}
