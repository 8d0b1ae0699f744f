using System.Diagnostics;
using Bert.MLNet.Server.Scheduling;
using Bert.MLNet.Server.Telemetry;

namespace Bert.MLNet.Server.Models;

/// <summary>What the tasks of all models share.</summary>
internal sealed record TaskEngine(
    BatchScheduler Scheduler, ServerMetrics Metrics, TimeProvider Clock, ServedDevice Device)
{
    /// <summary>Computes items in batches, within a span of the request's trace.</summary>
    public async Task RunAsync(Lane lane, IReadOnlyList<IQueueItem> items, CancellationToken cancellationToken)
    {
        using Activity? compute = BertServerTelemetry.Source.StartActivity("compute");
        compute?.SetTag("model", lane.Model).SetTag("task", lane.Task).SetTag("sequences", items.Count);
        await Scheduler.RunAsync(lane, items, cancellationToken).ConfigureAwait(false);
    }
}
