using System.Diagnostics;

namespace Bert.MLNet;

/// <summary>The names under which the server can be observed, for example by OpenTelemetry.</summary>
public static class BertServerTelemetry
{
    /// <summary>
    /// The name of the <see cref="System.Diagnostics.Metrics.Meter"/> and of the <see cref="ActivitySource"/>:
    /// <c>metrics.AddMeter(BertServerTelemetry.Name)</c>, <c>traces.AddSource(BertServerTelemetry.Name)</c>.
    /// </summary>
    public const string Name = "Bert.MLNet.Server";

    internal static ActivitySource Source { get; } = new(Name);
}
