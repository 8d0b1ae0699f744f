using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;

namespace Bert.MLNet.Benchmarks;

/// <summary>The memory of the server before, during and after many requests. Clients and server share the process.</summary>
internal static class ServerMemory
{
    private const int Parts = 4;

    /// <summary>The requests before the first figure, in which buffers and pools reach their size.</summary>
    private const int WarmUp = 2000;

    /// <param name="server">The server, which is started and stopped.</param>
    /// <param name="bodies">The bodies of requests to <c>/embed</c>.</param>
    /// <param name="requests">The number of requests.</param>
    /// <param name="clients">The number of clients, of which each sends a request when it has its last answer.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static async Task RunAsync(
        WebApplication server, string[] bodies, int requests, int clients, CancellationToken cancellation)
    {
        await server.StartAsync(cancellation);
        using var load = new ServerLoad(new Uri(new Uri(server.Urls.Single()), "/embed"), bodies);
        await load.SendAsync(Math.Min(requests, WarmUp), clients, cancellation);
        Console.WriteLine("| requests | a second | memory, MB | managed heap, MB |");
        Console.WriteLine("| -------: | -------: | ---------: | ---------------: |");
        Write(0, perSecond: 0);
        for (int part = 0; part < Parts; part++)
        {
            int from = (int)((long)requests * part / Parts), to = (int)((long)requests * (part + 1) / Parts);
            long start = Stopwatch.GetTimestamp();
            await load.SendAsync(to - from, clients, cancellation);
            Write(to, (to - from) / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        await server.StopAsync(cancellation);
    }

    private static void Write(int requests, double perSecond)
    {
        double heap = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {requests} | {perSecond:F0} | {Environment.WorkingSet / 1e6:F0} | {heap:F1} |"));
    }
}
