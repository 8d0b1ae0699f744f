using System.Globalization;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Cli.Messages;

/// <summary>Where a run stands.</summary>
/// <param name="What">What is done, such as <c>embed</c>, or <c>epoch 2, loss 0.31</c>.</param>
/// <param name="Share">The share that is done, 0 to 1; null where nobody knows.</param>
/// <param name="Rate">What is done in a second.</param>
/// <param name="Unit">Of what, such as <c>rows</c>.</param>
/// <param name="Remaining">The time that the rest takes; null where nobody knows.</param>
/// <param name="Details">The same in numbers, for programs.</param>
internal sealed record ProgressState(string What, double? Share, double Rate, string Unit, TimeSpan? Remaining, JsonObject Details)
{
    /// <summary>The rate, and the time that is left.</summary>
    public string Speed => string.Create(CultureInfo.InvariantCulture, $"{Rate:F0} {Unit}/s{(Remaining is { } left ? $", {(int)left.TotalHours:00}:{left:mm\\:ss} left" : "")}");

    /// <summary>All of it on a line.</summary>
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

    /// <summary>A number, or null for what JSON has no word for.</summary>
    public static JsonNode? Number(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
