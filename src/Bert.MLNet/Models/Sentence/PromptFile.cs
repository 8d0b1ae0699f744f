using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>
/// The file <c>config_sentence_transformers.json</c>: prompts, the similarity function, and the number of values to keep.
/// </summary>
internal static class PromptFile
{
    public const string Name = "config_sentence_transformers.json";
    private const string Similarity = "similarity_fn_name", DefaultPrompt = "default_prompt_name", Dimensions = "truncate_dim";

    /// <summary>Adds what the file says to options.</summary>
    /// <exception cref="InvalidDataException">A field has an invalid value.</exception>
    public static BertSentenceOptions Read(string json, string file, BertSentenceOptions options)
    {
        JsonFields fields = JsonFields.Parse(json, file);
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty prompt in fields.Members("prompts") ?? [])
        {
            if (prompt.Value.ValueKind != JsonValueKind.String)
                throw fields.Wrong($"prompts.{prompt.Name}", prompt.Value, "a string");
            prompts[prompt.Name] = prompt.Value.GetString()!;
        }
        string? defaultName = fields.Text(DefaultPrompt);
        if (defaultName is not null && !prompts.ContainsKey(defaultName))
            throw new InvalidDataException(
                $"'{DefaultPrompt}' in '{file}' is '{defaultName}', which is not one of its prompts. Correct the file.");
        BertSimilarity? similarity = null;
        if (fields.Text(Similarity) is { } name)
            similarity = BertSimilarityExtensions.Parse(name)
                ?? throw fields.Wrong(Similarity, fields.Find(Similarity)!.Value, $"one of {BertSimilarityExtensions.FileNames}");
        return options with
        {
            Source = json,
            Prompts = prompts,
            DefaultPromptName = defaultName,
            Similarity = similarity,
            TruncateDimension = fields.Whole(Dimensions, 1),
        };
    }

    /// <summary>Creates the text of the file; other fields of its source are kept.</summary>
    public static string Format(BertSentenceOptions options) => JsonFile.Merge(options.Source, new Dictionary<string, object?>
    {
        ["prompts"] = options.Prompts,
        [DefaultPrompt] = options.DefaultPromptName,
        [Similarity] = options.Similarity?.FileName(),
        [Dimensions] = options.TruncateDimension,
    });
}
