using System.CommandLine;
using Bert.MLNet.Cli.Serving;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>serve</c>: serves models over HTTP until it is stopped.</summary>
internal static class ServeVerb
{
    private const string KeyVariable = "BERT_MLNET_API_KEY";

    public static Command Create(ToolStreams streams)
    {
        var defaults = new BertServerOptions();
        var models = new Option<string[]>("--model")
        {
            Description = "A model: the folder of a checkpoint, its name on the HuggingFace hub, a model.zip, 'embedded' or " +
                "'embedded-static'. 'id=model' sets the id by which requests name it. Repeat the option for several models.",
            Required = true,
        };
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on. The default is reached from this machine only; '0.0.0.0' is reached from everywhere.",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        var port = new Option<int>("--port") { Description = "The port; 0 for any free one.", DefaultValueFactory = _ => 8080 };
        CommonOptions.Require(port, value => value is >= 0 and <= 65535, "from 0 to 65535");
        var keyFile = new Option<string?>("--api-key-file")
        {
            Description = $"A file with an API key in each line, of which requests must send one. The variable {KeyVariable} can also " +
                "have one.",
        };
        var origins = new Option<string[]>("--cors-origin")
        {
            Description = "A site whose pages may call the server, such as https://example.com. Repeat the option for several " +
                "sites. Default: none.",
        };
        var device = new DeviceOption();
        var budget = new Option<int?>("--token-budget")
        {
            Description = $"The number of tokens in a batch, padding included. Default: {defaults.TokenBudget}, and 16384 on a GPU.",
        };
        CommonOptions.Require(budget, value => value is null or >= 1, "at least 1");
        var delay = new Option<double>("--max-batch-delay")
        {
            Description = "The milliseconds that a batch below the budget waits for more requests while a core is idle.",
        };
        CommonOptions.Require(delay, value => value is >= 0 and <= 60_000, "from 0 to 60000");
        var workers = new Option<int?>("--workers")
        {
            Description = "The number of batches computed at once. Default: one for each core, and 2 on a GPU.",
        };
        CommonOptions.Require(workers, value => value is null or >= 1, "at least 1");
        Option<int> queue = AtLeastOne("--queue-length", "The number of texts that may wait; more are refused.", defaults.QueueLength);
        Option<int> texts = AtLeastOne("--max-texts", "The maximum number of texts in a request.", defaults.MaxTexts);
        var body = new Option<long>("--max-body-bytes")
        {
            Description = "The maximum size of a request.",
            DefaultValueFactory = _ => defaults.MaxBodyBytes,
        };
        CommonOptions.Require(body, value => value >= 1, "at least 1");
        var truncate = new Option<bool>("--truncate")
        {
            Description = "Truncate texts that are too long for the model. Default: refuse them, unless a request asks otherwise.",
        };
        var timeout = new Option<double>("--timeout")
        {
            Description = "The seconds in which a request must be answered.",
            DefaultValueFactory = _ => defaults.RequestTimeout.TotalSeconds,
        };
        CommonOptions.Require(timeout, value => value is > 0 and <= 86_400, "greater than 0 and at most 86400");
        var command = new Command(
            "serve", "Serves models over HTTP, with the routes of text-embeddings-inference and OpenAI's API. Ctrl-C and SIGTERM answer " +
            "accepted requests first.")
        {
            models, host, port, keyFile, origins, budget, delay, workers, queue, texts, body, truncate, timeout,
        };
        device.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            BertServedModel[] served = [.. arguments.GetRequiredValue(models).Select(Model)];
            string[] keys = [.. Keys(arguments.GetValue(keyFile))];
            ComputeDevice placed = device.Of(arguments);
            BertBatchOptions batching = EncoderDevice.Fill(new BertBatchOptions(), placed);
            string address = arguments.GetRequiredValue(host);
            await using WebApplication app = ServerApplication.Create(
                $"http://{(address.Contains(':') ? $"[{address}]" : address)}:{arguments.GetValue(port)}",
                arguments.GetValue(origins) ?? [], options =>
                {
                    foreach (BertServedModel model in served)
                        options.Models.Add(model);
                    foreach (string key in keys)
                        options.ApiKeys.Add(key);
                    options.Device = placed.ToString();
                    options.TokenBudget = arguments.GetValue(budget) ?? batching.Tokens;
                    options.MaxBatchDelay = TimeSpan.FromMilliseconds(arguments.GetValue(delay));
                    options.NumberOfWorkers = arguments.GetValue(workers) ?? batching.NumberOfThreads;
                    options.QueueLength = arguments.GetValue(queue);
                    options.MaxTexts = arguments.GetValue(texts);
                    options.MaxBodyBytes = arguments.GetValue(body);
                    options.TruncateLongTexts = arguments.GetValue(truncate);
                    options.RequestTimeout = TimeSpan.FromSeconds(arguments.GetValue(timeout));
                }, new ToolLog(streams, arguments));
            await app.StartAsync(cancellation);
            streams.Tell(arguments, $"Listening on {string.Join(", ", app.Urls)}.");
            using (cancellation.Register(app.Lifetime.StopApplication))
                await app.WaitForShutdownAsync(CancellationToken.None);
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<int> AtLeastOne(string name, string description, int defaultValue)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => defaultValue };
        CommonOptions.Require(option, value => value >= 1, "at least 1");
        return option;
    }

    private static BertServedModel Model(string text)
    {
        int equals = text.IndexOf('=');
        if (equals < 0 || Path.Exists(text))
            return new BertServedModel(text);
        return equals > 0 && equals < text.Length - 1
            ? new BertServedModel(text[(equals + 1)..], text[..equals])
            : throw new UsageException($"--model is '{text}'. Write a model, or 'id=model'.");
    }

    private static IEnumerable<string> Keys(string? file)
    {
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
            yield return key;
        if (file is null)
            yield break;
        string[] keys = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        if (keys.Length == 0)
            throw new UsageException($"--api-key-file '{file}' has no keys. Write a key in each line.");
        foreach (string line in keys)
            yield return line;
    }
}
