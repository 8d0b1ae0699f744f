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
        using OutputFile json = OutputFile.Create(Path.Combine(folder, name + ".metrics.json"), streams);
        JsonSerializer.Serialize(json.Stream, metrics, s_indented);
        json.Commit();
    }

    /// <summary>Says the path of the model and its metrics on standard output.</summary>
    public static async Task TellAsync(JsonObject metrics, string folder, string name, TextWriter output)
    {
        await output.WriteLineAsync(Path.Combine(folder, name + ".zip"));
        foreach ((string key, JsonNode? value) in metrics)
            await output.WriteLineAsync($"{key}: {value?.ToJsonString()}");
    }
}
