using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The <c>quantization_config</c> of a <c>config.json</c>, in the format of HuggingFace's compressed-tensors: <c>int-quantized</c>,
/// symmetric weights of 8 bits with a scale for each output channel, and activations of 8 bits that are quantized at run time, per tensor.
/// </summary>
internal static class QuantizationConfig
{
    public const string Field = "quantization_config";

    private const string Method = "compressed-tensors", Format = "int-quantized";

    /// <summary>Creates the config of a checkpoint with int8 weights.</summary>
    public static BertConfig AddTo(BertConfig config, BertWeights weights) =>
        config with
        {
            Source = JsonFile.Merge(config.ToJson(), new Dictionary<string, object?>
            {
                [Field] = Of(weights.ToFile(config), weights.HasQuantized(CanonicalNames.WordEmbeddings)),
            }),
        };

    /// <summary>Creates the text of a <c>config.json</c> without the field, for files with a quantized graph.</summary>
    public static string Remove(BertConfig config) => JsonFile.Merge(config.ToJson(), new Dictionary<string, object?>(), Field);

    /// <summary>Creates the value of the field.</summary>
    /// <param name="file">The tensors of the checkpoint's file.</param>
    /// <param name="hasEmbeddings">Whether token embeddings are int8.</param>
    public static Dictionary<string, object> Of(Safetensors file, bool hasEmbeddings)
    {
        // Modules of the same kinds that are not int8.
        string[] ignored = [.. file.Tensors
            .Where(tensor => tensor.Shape.Length == 2
                && tensor.Type.IsWeight()
                && tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
            .Select(tensor => tensor.Name[..^".weight".Length])];
        Dictionary<string, object> matrix = Numbers(dynamic: false, symmetric: true, "channel");
        var groups = new Dictionary<string, object>
        {
            ["group_0"] = Group("Linear", matrix, Numbers(dynamic: true, symmetric: false, "tensor")),
        };
        if (hasEmbeddings)
            groups["group_1"] = Group("Embedding", matrix, activations: null);
        return new Dictionary<string, object>
        {
            ["config_groups"] = groups,
            ["format"] = Format,
            ["ignore"] = ignored,
            ["quant_method"] = Method,
            ["quantization_status"] = "compressed",
        };
    }

    /// <summary>Checks that a config requires only this arithmetic. The types of the weights determine which are int8.</summary>
    /// <exception cref="NotSupportedException">It requires other arithmetic; the message names the field.</exception>
    public static void Check(JsonFields config, string file)
    {
        if (config.Find(Field) is not { } element)
            return;
        JsonFields fields = JsonFields.Of(element, file);
        Require(fields.Text("quant_method"), Method, "quant_method", file);
        Require(fields.Text("format"), Format, "format", file);
        foreach (JsonProperty group in fields.Members("config_groups") ?? [])
        {
            JsonFields parts = JsonFields.Of(group.Value, file);
            CheckNumbers(parts, "weights", dynamic: false, symmetric: true, "channel", file);
            CheckNumbers(parts, "input_activations", dynamic: true, symmetric: false, "tensor", file);
            if (parts.Find("output_activations") is not null)
                throw Unsupported("output_activations", "set", "null", file);
        }
    }

    private static Dictionary<string, object> Numbers(bool dynamic, bool symmetric, string strategy) => new()
    {
        ["dynamic"] = dynamic, ["num_bits"] = 8, ["strategy"] = strategy, ["symmetric"] = symmetric, ["type"] = "int",
    };

    private static Dictionary<string, object?> Group(string module, object weights, object? activations) => new()
    {
        ["input_activations"] = activations, ["output_activations"] = null, ["targets"] = new[] { module }, ["weights"] = weights,
    };

    private static void CheckNumbers(JsonFields group, string name, bool dynamic, bool symmetric, string strategy, string file)
    {
        if (group.Find(name) is not { } element)
            return;
        JsonFields fields = JsonFields.Of(element, file);
        Require(fields.Whole("num_bits", 1) ?? 8, 8, $"{name}.num_bits", file);
        Require(fields.Text("type") ?? "int", "int", $"{name}.type", file);
        Require(fields.Text("strategy"), strategy, $"{name}.strategy", file);
        Require(fields.Flag("symmetric") ?? true, symmetric, $"{name}.symmetric", file);
        Require(fields.Flag("dynamic") ?? false, dynamic, $"{name}.dynamic", file);
    }

    private static void Require<T>(T found, T due, string name, string file)
    {
        if (!Equals(found, due))
            throw Unsupported(name, found is null ? "not set" : JsonSerializer.Serialize(found), JsonSerializer.Serialize(due), file);
    }

    private static NotSupportedException Unsupported(string name, string value, string due, string file) =>
        new($"'{name}' of '{Field}' in '{file}' is {value}, but only {due} is supported. Open the checkpoint that this one was created " +
            "from, and quantize it here: FromPretrained(…).Quantize().");
}
