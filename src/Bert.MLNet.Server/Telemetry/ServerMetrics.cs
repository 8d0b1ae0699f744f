using System.Diagnostics;
using System.Diagnostics.Metrics;
using Bert.MLNet.Server.Scheduling;

namespace Bert.MLNet.Server.Telemetry;

/// <summary>The instruments of the meter <see cref="BertServerTelemetry.Name"/>. Thread-safe. None receives a text.</summary>
internal sealed class ServerMetrics
{
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Meter _meter;
    private readonly Histogram<double> _tokenizeTime, _queueTime, _computeTime, _padding;
    private readonly Histogram<int> _batchSize;
    private readonly Counter<long> _tokens, _rejected;

    public ServerMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(BertServerTelemetry.Name);
        _tokenizeTime = _meter.CreateHistogram("bert.server.tokenize.duration", "s", "The time to tokenize a request.", null, s_seconds);
        _queueTime = _meter.CreateHistogram(
            "bert.server.queue.duration", "s", "The longest time that a sequence of a batch has waited.", null, s_seconds);
        _computeTime = _meter.CreateHistogram("bert.server.compute.duration", "s", "The time to compute a batch.", null, s_seconds);
        _batchSize = _meter.CreateHistogram("bert.server.batch.size", "{sequence}", "The number of sequences in a batch.", null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });
        _padding = _meter.CreateHistogram("bert.server.batch.padding", "1", "The share of padding in a batch.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0, 0.05, 0.1, 0.2, 0.3, 0.4] });
        _tokens = _meter.CreateCounter<long>("bert.server.tokens", "{token}", "The number of computed tokens, without padding.");
        _rejected = _meter.CreateCounter<long>("bert.server.requests.rejected", "{request}", "The number of requests that were refused.");
    }

    public void ObserveQueue(Func<int> count) =>
        _meter.CreateObservableUpDownCounter("bert.server.queue.length", count, "{sequence}", "The number of sequences that wait.");

    public void Tokenized(Lane lane, TimeSpan elapsed) => _tokenizeTime.Record(elapsed.TotalSeconds, Tags(lane));

    public void Computed(SequenceBatch batch, TimeSpan waited, TimeSpan elapsed)
    {
        TagList tags = Tags(batch.Lane);
        _queueTime.Record(waited.TotalSeconds, tags);
        _computeTime.Record(elapsed.TotalSeconds, tags);
        _batchSize.Record(batch.Sequences.Count, tags);
        _padding.Record(batch.PaddingShare, tags);
        _tokens.Add(batch.Tokens, tags);
    }

    /// <param name="status">The HTTP status of the answer.</param>
    public void Rejected(int status) => _rejected.Add(1, new KeyValuePair<string, object?>("http.response.status_code", status));

    private static TagList Tags(Lane lane) => new() { { "model", lane.Model }, { "task", lane.Task } };
}
