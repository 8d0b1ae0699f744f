using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>The progress of a run.</summary>
/// <param name="What">The current activity, such as <c>embed</c> or <c>epoch 2, loss 0.31</c>.</param>
/// <param name="Share">The completed share, 0 to 1, or null if unknown.</param>
/// <param name="Rate">The number of units per second.</param>
/// <param name="Unit">The unit, such as <c>rows</c>.</param>
/// <param name="Remaining">The remaining time, or null if unknown.</param>
/// <param name="Details">The same as numbers, for programs.</param>
internal sealed record ProgressState(string What, double? Share, double Rate, string Unit, TimeSpan? Remaining, JsonObject Details)
{
    /// <summary>The rate and the remaining time.</summary>
    public string Speed =>
        string.Create(CultureInfo.InvariantCulture,
            $"{Rate:F0} {Unit}/s{(Remaining is { } left ? $", {(int)left.TotalHours:00}:{left:mm\\:ss} left" : "")}");

    /// <summary>The whole state on one line.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{What}, {(Share is { } share ? $"{share:P0}, " : "")}{Speed}");

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["event"] = "progress" };
        foreach ((string name, JsonNode? value) in Details)
            json[name] = value?.DeepClone();
        json[$"{Unit}_per_second"] = Number(Math.Round(Rate, 1));
        json["seconds_left"] = Remaining is { } left ? Math.Round(left.TotalSeconds) : null;
        return json;
    }

    /// <summary>Returns the number, or null for NaN and infinity, which JSON cannot represent.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
