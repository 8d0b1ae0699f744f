using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>Writes the results of training to a folder, each file atomically.</summary>
internal sealed class TrainedModel(string folder, string name, ToolStreams streams)
{
    private static readonly JsonSerializerOptions s_indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the model and its metrics.</summary>
    public void Save(MLContext ml, ITransformer model, DataViewSchema schema, JsonObject metrics)
    {
        Directory.CreateDirectory(folder);
        ml.Model.SaveToFile(model, schema, Path.Combine(folder, name + ".zip"));
        Save(metrics);
    }

    /// <summary>Writes the metrics.</summary>
    public void Save(JsonObject metrics) => Write(name + ".metrics.json", stream => JsonSerializer.Serialize(stream, metrics, s_indented));

    /// <summary>Writes a file of text.</summary>
    public void Write(string file, string content) => Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(content)));

    /// <summary>Writes a file.</summary>
    public void Write(string file, Action<Stream> write)
    {
        using OutputFile output = OutputFile.Create(Path.Combine(folder, file), streams);
        write(output.Stream);
        output.Commit();
    }

    /// <summary>
    /// Prints the path of the model and its metrics to standard output; without --json, lists are only written to the file.
    /// </summary>
    public async Task TellAsync(JsonObject metrics, string path, ParseResult arguments)
    {
        TextWriter output = arguments.InvocationConfiguration.Output;
        if (streams.Messages.IsJson(arguments))
        {
            await output.WriteLineAsync(
                new JsonObject { ["event"] = "result", ["model"] = path, ["metrics"] = metrics.DeepClone() }.ToJsonString());
            return;
        }
        await output.WriteLineAsync(path);
        foreach ((string key, JsonNode? value) in metrics)
        {
            if (value is not JsonArray && key is not (Outcomes.StandardErrorsKey or BaselineMetrics.Key or TrainingFacts.Key))
                await output.WriteLineAsync($"{key}: {Text(metrics, key)}{Others(metrics, key)}");
        }
    }

    /// <summary>Prints the path of the report and the next command.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="next">The next command line.</param>
    public void TellNext(ParseResult arguments, string next)
    {
        streams.Tell(arguments, $"Report: {Path.Combine(folder, "report.html")}");
        streams.Tell(arguments, $"Next: {next}");
    }

    private static string Others(JsonObject metrics, string key)
    {
        string[] others = [.. BaselineMetrics.In(metrics).Where(baseline => baseline.Metrics[key] is not null)
            .Select(baseline => $"{baseline.Name} {Text(baseline.Metrics, key)}")];
        return others.Length == 0 ? "" : $" ({string.Join(", ", others)})";
    }

    /// <summary>A value with four digits, and its standard error; the file has all digits.</summary>
    private static string Text(JsonObject metrics, string key) => metrics[key] switch
    {
        JsonValue value when value.GetValueKind() == JsonValueKind.Number =>
            Digits(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)) +
            (Outcomes.StandardErrorOf(metrics, key) is { } error ? $" ± {Digits(error)}" : ""),
        var other => other?.ToJsonString() ?? "",
    };

    private static string Digits(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
