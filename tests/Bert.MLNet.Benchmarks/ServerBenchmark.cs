using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Bert.MLNet.Samples.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// Texts per second and latency of the server on this machine, for clients that wait for each answer and for requests at a fixed rate,
/// beside embedding in bulk and the web sample. Clients and servers share the cores.
/// </summary>
internal static class ServerBenchmark
{
    private const string AnyPort = "http://127.0.0.1:0";

    public static Command Command()
    {
        var shape = new Option<string>("--shape") { Description = "The shape.", DefaultValueFactory = _ => "MiniLM-L6" };
        var seconds = new Option<int>("--seconds") { Description = "The time of each measurement.", DefaultValueFactory = _ => 20 };
        var clients = new Option<int[]>("--clients") { Description = "Numbers of clients.", DefaultValueFactory = _ => [1, 16, 128] };
        var words = new Option<int>("--words") { Description = "Words a text.", DefaultValueFactory = _ => 20 };
        var delay = new Option<double>("--max-batch-delay") { Description = "Milliseconds that a small batch waits." };
        var requests = new Option<int?>("--requests")
        {
            Description = "Print the memory before and after each quarter of so many requests instead; 360000 are an hour of 100 a second.",
        };
        var command = new Command("server", "Requests over HTTP beside embedding in bulk and the web sample.")
            { shape, seconds, clients, words, delay, requests };
        command.SetAction(async (arguments, cancellation) =>
        {
            BertModel model = SeededModel.Create(arguments.GetRequiredValue(shape), Texts.Vocabulary);
            string[] texts = Cut(Texts.Read(Texts.Reviews, 1000), arguments.GetValue(words));
            int[] counts = arguments.GetRequiredValue(clients);
            TimeSpan wait = TimeSpan.FromMilliseconds(arguments.GetValue(delay));
            Console.WriteLine(Machine.Description);
            if (arguments.GetValue(requests) is not { } count)
            {
                await RunAsync(model, texts, counts, TimeSpan.FromSeconds(arguments.GetValue(seconds)), wait, cancellation);
                return;
            }
            await using WebApplication server = Server(model, wait);
            await ServerMemory.RunAsync(server, [.. texts.Select(BodyOf)], count, counts[0], cancellation);
        });
        return command;
    }

    private static async Task RunAsync(
        BertModel model, string[] texts, int[] clients, TimeSpan time, TimeSpan delay, CancellationToken cancellation)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}; {texts.Average(text => model.Tokenizer.Encode(text).Length):F1} tokens a text; {time.TotalSeconds} s each"));
        double bulk = Bulk(model, texts, time);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"In bulk: {bulk:F0} texts a second"));
        Console.WriteLine();
        Console.WriteLine("| server | clients | texts a second | of bulk | p50, ms | p99, ms | memory, MB |");
        Console.WriteLine("| ------ | ------: | -------------: | ------: | ------: | ------: | ---------: |");
        await using (WebApplication server = Server(model, delay))
            await MeasureAsync("bert-mlnet serve", server, BodyOf);
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            model.SavePretrained(folder);
            await using WebApplication sample = ModelServer.Create(
                "--urls", AnyPort, "--Bert:Model", folder, "--Logging:LogLevel:Default", "None");
            await MeasureAsync("web sample", sample, text => $$"""{"texts":["{{text}}"]}""");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task MeasureAsync(string name, WebApplication app, Func<string, string> bodyOf)
        {
            await app.StartAsync(cancellation);
            using var load = new ServerLoad(new Uri(new Uri(app.Urls.Single()), "/embed"), [.. texts.Select(bodyOf)]);
            await load.ClosedAsync(clients.Max(), TimeSpan.FromSeconds(2), cancellation); // warming
            double most = 0;
            foreach (int count in clients)
            {
                ServerLoad.Result result = await load.ClosedAsync(count, time, cancellation);
                most = Math.Max(most, result.PerSecond);
                Write(name, count.ToString(CultureInfo.InvariantCulture), result);
            }
            ServerLoad.Result half = await load.OpenAsync(most / 2, time, cancellation);
            Write(name, string.Create(CultureInfo.InvariantCulture, $"{most / 2:F0}/s"), half);
            await app.StopAsync(cancellation);
        }

        void Write(string name, string load, ServerLoad.Result result) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {load} | {result.PerSecond:F0} | {result.PerSecond / bulk:F2} | {result.Percentile(0.5):F1} | " +
            $"{result.Percentile(0.99):F1} | {Environment.WorkingSet / 1e6:F0} |"));
    }

    private static string BodyOf(string text) => $$"""{"inputs":"{{text}}"}""";

    private static WebApplication Server(BertModel model, TimeSpan delay)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(AnyPort);
        builder.Logging.ClearProviders();
        builder.Services.AddBert(options =>
        {
            options.Models.Add(new BertServedModel(model));
            options.MaxBatchDelay = delay;
        });
        WebApplication app = builder.Build();
        app.MapBert();
        return app;
    }

    private static double Bulk(BertModel model, string[] texts, TimeSpan time)
    {
        using BertPredictor<string, BertEmbedding> embedder = model.CreateEmbedder();
        embedder.Predict(texts.Take(100));
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        for (; Stopwatch.GetElapsedTime(start) < time; done += texts.Length)
            embedder.Predict(texts);
        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Texts of so many words, of all the words one after the other, without what JSON would escape.</summary>
    private static string[] Cut(string[] lines, int words) =>
    [
        .. string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => string.Concat(word.Where(char.IsAsciiLetterOrDigit))).Where(word => word.Length > 0)
            .Chunk(words).Select(chunk => string.Join(' ', chunk)),
    ];
}
