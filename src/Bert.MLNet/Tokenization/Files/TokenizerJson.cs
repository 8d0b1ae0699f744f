using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// A <c>tokenizer.json</c> of HuggingFace's tokenizers, as far as it is BERT's; any other part is refused by name.
/// <c>truncation</c> and <c>padding</c> are left to the caller of an encoding, as transformers does.
/// </summary>
internal static class TokenizerJson
{
    public static TokenizerSpecification Read(string json, string file)
    {
        JsonFields root = JsonFields.Parse(json, file);
        JsonFields model = Part(root, "model", file, "WordPiece", mayLackType: true)
            ?? throw new InvalidDataException($"'{file}' has no model. Copy or download the file again.");
        var options = new BertTokenizerOptions { UnknownToken = model.Text("unk_token") ?? "[UNK]" };
        bool clean = false;
        if (Part(root, "normalizer", file, "BertNormalizer") is { } normalizer)
        {
            clean = normalizer.Flag("clean_text") ?? true;
            options = options with
            {
                DoLowerCase = normalizer.Flag("lowercase") ?? true,
                StripAccents = normalizer.Flag("strip_accents"),
                TokenizeChineseChars = normalizer.Flag("handle_chinese_chars") ?? true,
            };
        }
        else
        {
            options = options with { DoLowerCase = false, TokenizeChineseChars = false };
        }
        if (Part(root, "pre_tokenizer", file, "BertPreTokenizer") is null)
            throw Refuse("pre_tokenizer", "null", file, "BertPreTokenizer");
        (string cls, string sep, RowTemplate row) = TemplateJson.Read(root.Find("post_processor"), file);

        JsonFields? decoder = Part(root, "decoder", file, "WordPiece");
        return new TokenizerSpecification(new BertVocabulary(Pieces(model, file)), [], options with { ClsToken = cls, SepToken = sep })
        {
            Row = row,
            CleanText = clean,
            Prefix = model.Text("continuing_subword_prefix") ?? "##",
            MaximumWordLength = model.Whole("max_input_chars_per_word", 0) ?? 100,
            DecoderPrefix = decoder is null ? null : decoder.Text("prefix") ?? "##",
            CleanUpDecoded = decoder?.Flag("cleanup") ?? decoder is not null,
        }.Add(AddedTokens(root, file));
    }

    /// <summary>An added token as tokenizer.json and tokenizer_config.json have it.</summary>
    public static AddedToken ReadAddedToken(JsonFields token, string file, bool special) =>
        new(token.Text("content") ?? throw new InvalidDataException($"An added token in '{file}' has no content. Correct the file."))
        {
            Special = token.Flag("special") ?? special,
            Normalized = token.Flag("normalized") ?? !special,
            SingleWord = token.Flag("single_word") ?? false,
            LStrip = token.Flag("lstrip") ?? false,
            RStrip = token.Flag("rstrip") ?? false,
        };

    private static IEnumerable<AddedToken> AddedTokens(JsonFields root, string file)
    {
        if (root.Find("added_tokens") is not { } tokens)
            return [];
        return tokens.ValueKind == JsonValueKind.Array
            ? tokens.EnumerateArray().Select(token => JsonFields.Of(token, file)).OrderBy(token => token.Whole("id", 0)).Select(token => ReadAddedToken(token, file, special: false))
            : throw root.Wrong("added_tokens", tokens, "a list");
    }

    private static IEnumerable<KeyValuePair<string, int>> Pieces(JsonFields model, string file)
    {
        foreach (JsonProperty piece in model.Members("vocab") ?? throw new InvalidDataException($"The model in '{file}' has no vocab. Copy or download the file again."))
        {
            if (piece.Value.ValueKind != JsonValueKind.Number || !piece.Value.TryGetInt32(out int id) || id is < 0 or >= BertVocabulary.MaxSize)
                throw model.Wrong("vocab", piece.Value, $"an id from 0 to {BertVocabulary.MaxSize - 1}");
            yield return KeyValuePair.Create(piece.Name, id);
        }
    }

    // Files older than 2020 do not say the type of a WordPiece model.
    private static JsonFields? Part(JsonFields root, string name, string file, string type, bool mayLackType = false)
    {
        if (root.Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw root.Wrong(name, value, "an object");
        JsonFields part = JsonFields.Of(value, file);
        string? found = part.Text("type");
        bool fits = found == type || found is null && mayLackType && part.Find("merges") is null && part.Find("max_input_chars_per_word") is not null;
        return fits ? part : throw Refuse(name, found ?? "without a type", file, type);
    }

    public static NotSupportedException Refuse(string part, string found, string file, string due) => new(
        $"The {part} '{found}' in '{file}' is not BERT's, which is '{due}'. Use a BERT checkpoint with a WordPiece tokenizer.");
}
