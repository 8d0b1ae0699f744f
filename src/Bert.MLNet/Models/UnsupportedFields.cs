using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// Rejects fields of <c>config.json</c> with unsupported arithmetic, because ignoring them would silently return wrong results.
/// </summary>
internal static class UnsupportedFields
{
    public static void Refuse(JsonFields fields, ModelFamily family, string file, bool isDecoder = false)
    {
        foreach (LimitedField limit in family.Limits)
        {
            if (fields.Find(limit.Name) is { } value && !limit.IsSupported(value))
                throw Unsupported(file, limit.Name, PrintableText.Of(value.GetRawText()), limit.Supported);
        }
        if (fields.Text("position_embedding_type") is { } positions && positions != "absolute")
            throw Unsupported(file, "position_embedding_type", $"'{positions}'", "only 'absolute' positions are");
        RefuseFlag(fields, file, "is_decoder", isDecoder, isDecoder ? "a decoder is one" : "only encoders are");
        RefuseFlag(fields, file, "is_encoder_decoder", false, "only encoders are");
        RefuseFlag(fields, file, "add_cross_attention", isDecoder, isDecoder ? "a decoder attends to a source" : "only encoders are");
        if (isDecoder && fields.Whole("cross_attention_hidden_size", 1) is { } width && width != fields.Whole("hidden_size", 1))
            throw Unsupported(file, "cross_attention_hidden_size", Text(width), "only the hidden size of the decoder is");
        bool mayProject = family.Fields.Contains(ConfigField.EmbeddingSize);
        if (!mayProject && fields.Whole("embedding_size", 1) is { } embedding
            && embedding != (fields.Whole("hidden_size", 1, "dim") ?? 768))
            throw Unsupported(file, "embedding_size", Text(embedding), "only embeddings of the same size as the hidden states are");
        if (fields.Members("pruned_heads") is { } pruned
            && pruned.Any(layer => layer.Value.ValueKind == JsonValueKind.Array && layer.Value.GetArrayLength() > 0))
            throw Unsupported(file, "pruned_heads", "not empty", "only layers with all their heads are");
        QuantizationConfig.Check(fields, file);
        if (fields.Members("auto_map") is { } code
            && code.Any(entry => entry.Name.StartsWith("AutoModel", StringComparison.Ordinal) && !IsReplaced(entry.Value, family)))
            throw Unsupported(file, "auto_map", "Python code in the checkpoint", "only classes of HuggingFace's library are");
    }

    // A value is the name of a file and a class, "modeling.ClassName", after the name of a repository if that is another one.
    private static bool IsReplaced(JsonElement code, ModelFamily family) => family.ReplacesRemoteCode
        && code.ValueKind == JsonValueKind.String
        && code.GetString()!.Split('.')[^1].StartsWith(family.ClassPrefix, StringComparison.Ordinal);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void RefuseFlag(JsonFields fields, string file, string name, bool due, string supported)
    {
        if (fields.Flag(name) is { } flag && flag != due)
            throw Unsupported(file, name, flag ? "true" : "false", supported);
    }

    private static NotSupportedException Unsupported(string file, string name, string value, string supported) =>
        new($"'{name}' in '{file}' is {value}, which is not supported: {supported}. Use another checkpoint.");
}
