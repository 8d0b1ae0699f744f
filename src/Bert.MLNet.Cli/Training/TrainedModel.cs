using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Cli.Training;

/// <summary>What a training leaves behind: NAME.zip and NAME.metrics.json, each whole or not at all.</summary>
internal static class TrainedModel
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static void Save(MLContext ml, ITransformer model, DataViewSchema schema, JsonObject metrics, string folder, string name, ToolStreams streams)
    {
        using (OutputFile zip = OutputFile.Create(Path.Combine(folder, name + ".zip"), streams))
        {
            ml.Model.Save(model, schema, zip.Stream);
            zip.Commit();
        }
        Save(metrics, folder, name, streams);
    }

    public static void Save(JsonObject metrics, string folder, string name, ToolStreams streams)
    {
        using OutputFile json = OutputFile.Create(Path.Combine(folder, name + ".metrics.json"), streams);
        JsonSerializer.Serialize(json.Stream, metrics, s_indented);
        json.Commit();
    }

    /// <summary>Says the path of the model and its metrics on standard output.</summary>
    public static async Task TellAsync(JsonObject metrics, string path, ParseResult arguments, ToolStreams streams)
    {
        TextWriter output = arguments.InvocationConfiguration.Output;
        if (streams.Messages.IsJson(arguments))
        {
            await output.WriteLineAsync(new JsonObject { ["event"] = "result", ["model"] = path, ["metrics"] = metrics.DeepClone() }.ToJsonString());
            return;
        }
        await output.WriteLineAsync(path);
        foreach ((string key, JsonNode? value) in metrics)
            await output.WriteLineAsync($"{key}: {value?.ToJsonString()}");
    }
}
