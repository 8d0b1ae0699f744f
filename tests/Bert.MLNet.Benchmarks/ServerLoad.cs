using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Bert.MLNet.Benchmarks;

/// <summary>Sends requests to a server and measures how long each takes.</summary>
/// <param name="address">The route.</param>
/// <param name="bodies">The bodies, which are sent one after the other and from the beginning again.</param>
internal sealed class ServerLoad(Uri address, string[] bodies) : IDisposable
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan });
    private readonly byte[][] _bodies = [.. bodies.Select(Encoding.UTF8.GetBytes)];
    private int _next;

    public void Dispose() => _client.Dispose();

    /// <summary>The answered requests of a measurement.</summary>
    /// <param name="Seconds">The time of the measurement.</param>
    /// <param name="Milliseconds">The times of the requests.</param>
    internal sealed record Result(double Seconds, double[] Milliseconds)
    {
        public double PerSecond => Milliseconds.Length / Seconds;

        public double Percentile(double share) => Milliseconds.Order().ElementAt((int)(share * (Milliseconds.Length - 1)));
    }

    /// <summary>Clients of which each sends a request when it has its last answer.</summary>
    public async Task<Result> ClosedAsync(int clients, TimeSpan time, CancellationToken cancellation)
    {
        var times = new ConcurrentBag<double>();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < time)
                times.Add(await SendAsync(Stopwatch.GetTimestamp(), cancellation));
        }, cancellation)));
        return new(Stopwatch.GetElapsedTime(start).TotalSeconds, [.. times]);
    }

    /// <summary>Sends a number of requests, of which as many as there are clients are under way, and keeps nothing of them.</summary>
    public Task SendAsync(int requests, int clients, CancellationToken cancellation) => Parallel.ForEachAsync(
        Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = cancellation },
        async (_, token) => await SendAsync(Stopwatch.GetTimestamp(), token));

    /// <summary>Sends requests at random times without waiting for earlier answers. Each is measured from its scheduled time.</summary>
    public async Task<Result> OpenAsync(double perSecond, TimeSpan time, CancellationToken cancellation)
    {
        var random = new Random(1);
        var requests = new List<Task<double>>();
        long start = Stopwatch.GetTimestamp();
        for (double scheduled = 0; scheduled < time.TotalSeconds; scheduled -= Math.Log(1 - random.NextDouble()) / perSecond)
        {
            double early = scheduled - Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (early > 0)
                await Task.Delay(TimeSpan.FromSeconds(early), cancellation);
            requests.Add(SendAsync(start + (long)(scheduled * Stopwatch.Frequency), cancellation));
        }
        double[] times = await Task.WhenAll(requests);
        return new(Stopwatch.GetElapsedTime(start).TotalSeconds, times);
    }

    private async Task<double> SendAsync(long scheduled, CancellationToken cancellation)
    {
        var content = new ByteArrayContent(_bodies[(uint)Interlocked.Increment(ref _next) % _bodies.Length]);
        content.Headers.ContentType = s_json;
        using HttpResponseMessage response = await _client.PostAsync(address, content, cancellation);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync(cancellation);
        return Stopwatch.GetElapsedTime(scheduled).TotalMilliseconds;
    }
}
