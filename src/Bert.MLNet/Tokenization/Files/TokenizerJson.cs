using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Reads a <c>tokenizer.json</c> of HuggingFace's tokenizers part by part. If a part is not supported, the error message names it.
/// <c>truncation</c> and <c>padding</c> are ignored: as in transformers, the caller specifies them for each encoding.
/// </summary>
internal static class TokenizerJson
{
    /// <param name="json">The text of the file.</param>
    /// <param name="file">The name of the file in messages.</param>
    /// <param name="hasRows">Whether the post-processor, which adds special tokens, is needed.</param>
    public static TokenizerSpecification Read(string json, string file, bool hasRows = true)
    {
        JsonFields root = JsonFields.Parse(json, file);
        TokenizerSpecification specification =
            ModelJson.Read(Part(root, "model", file)
                ?? throw new InvalidDataException($"'{file}' contains no model. Copy or download the file again."), file);
        specification = NormalizerJson.Read(specification, Part(root, "normalizer", file), file);
        specification = PreTokenizerJson.Read(specification, Part(root, "pre_tokenizer", file), file);
        specification = hasRows
            ? PostProcessorJson.Read(specification, Part(root, "post_processor", file), file)
            : specification with { HasRows = false, Row = RowTemplate.Bare };
        specification = specification with { Decoder = DecoderJson.Read(Part(root, "decoder", file), file), File = file };
        AddedToken[] added = [.. AddedTokens(root, file)];
        return (specification with
        {
            Options = specification.Options with
            {
                UnknownToken = Named(specification.Options.UnknownToken, "<unk>"),
                PadToken = Named(specification.Options.PadToken, "<pad>", TokenizerClass.EndOfText),
                MaskToken = Named(specification.Options.MaskToken, "<mask>"),
            },
        }).Add(added);

        // A tokenizer.json does not specify these tokens; tokenizer_config.json does.
        string Named(string token, params IEnumerable<string> others) => Has(token) ? token : others.FirstOrDefault(Has) ?? token;

        bool Has(string token) => added.Any(other => other.Content == token) || specification.Pieces.TryGetId(token, out _);
    }

    /// <summary>Returns a copy with the normalizer of a tokenizer.json instead of its own.</summary>
    public static TokenizerSpecification ReadNormalizer(TokenizerSpecification specification, string json, string file) =>
        NormalizerJson.Read(specification, Part(JsonFields.Parse(json, file), "normalizer", file), file);

    /// <summary>Reads an added token in the format of tokenizer.json and tokenizer_config.json.</summary>
    public static AddedToken ReadAddedToken(JsonFields token, string file, bool special) =>
        new(token.Text("content") ?? throw new InvalidDataException($"An added token in '{file}' has no content. Correct the file."))
        {
            Special = token.Flag("special") ?? special,
            Normalized = token.Flag("normalized") ?? !special,
            SingleWord = token.Flag("single_word") ?? false,
            LStrip = token.Flag("lstrip") ?? false,
            RStrip = token.Flag("rstrip") ?? false,
        };

    /// <summary>Returns the parts of a Sequence, or the part itself if it is not a Sequence.</summary>
    /// <param name="part">The part; null if there is none.</param>
    /// <param name="name">The field that contains the parts of a Sequence.</param>
    /// <param name="file">The name of the file in messages.</param>
    public static IReadOnlyList<JsonFields> Flatten(JsonFields? part, string name, string file)
    {
        if (part is null)
            return [];
        if (part.Text("type") != "Sequence")
            return [part];
        return part.Find(name) is { ValueKind: JsonValueKind.Array } parts
            ? [.. parts.EnumerateArray().SelectMany(item => Flatten(JsonFields.Of(item, file), name, file))]
            : throw new InvalidDataException($"A Sequence in '{file}' contains no '{name}'. Copy or download the file again.");
    }

    public static NotSupportedException Refuse(string part, string found, string file, string due) => new(
        $"The {part} '{found}' in '{file}' is not supported. Supported: {due}. Use a checkpoint with a different tokenizer.");

    /// <summary>Creates the exception of <see cref="Refuse(string, string, string, string)"/> for a part with a type.</summary>
    public static NotSupportedException Refuse(string part, JsonFields found, string file, string due) =>
        Refuse(part, found.Text("type") ?? "without a type", file, due);

    private static IEnumerable<AddedToken> AddedTokens(JsonFields root, string file)
    {
        if (root.Find("added_tokens") is not { } tokens)
            return [];
        return tokens.ValueKind == JsonValueKind.Array
            ? tokens.EnumerateArray().Select(token => JsonFields.Of(token, file)).OrderBy(token => token.Whole("id", 0))
                .Select(token => ReadAddedToken(token, file, special: false))
            : throw root.Wrong("added_tokens", tokens, "a list");
    }

    private static JsonFields? Part(JsonFields root, string name, string file) => root.Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? JsonFields.Of(value, file) : throw root.Wrong(name, value, "an object");
}
