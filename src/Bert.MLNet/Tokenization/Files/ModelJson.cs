using System.Text;
using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>model</c> of a tokenizer.json.</summary>
internal static class ModelJson
{
    private const int MaxAffix = 50;

    public static TokenizerSpecification Read(JsonFields model, string file)
    {
        // Files from before 2020 do not contain the type.
        string? type = model.Text("type") ?? (model.Find("merges") is not null ? "BPE"
            : model.Find("max_input_chars_per_word") is not null ? "WordPiece"
            : model.Find("vocab") is { ValueKind: JsonValueKind.Array } ? "Unigram" : null);
        return type switch
        {
            "WordPiece" => WordPiece(model, file),
            "BPE" => BytePairs(model, file),
            "Unigram" => Unigram(model, file),
            "WordLevel" => WordLevel(model, file),
            _ => throw TokenizerJson.Refuse("model", type ?? "without a type", file, "WordPiece, BPE, Unigram and WordLevel"),
        };
    }

    /// <summary>Reads the pieces of a model that stores them as an object.</summary>
    public static IEnumerable<KeyValuePair<string, int>> Pieces(IEnumerable<JsonProperty> members, JsonFields owner)
    {
        foreach (JsonProperty piece in members)
        {
            if (piece.Value.ValueKind != JsonValueKind.Number
                || !piece.Value.TryGetInt32(out int id)
                || id is < 0 or >= BertVocabulary.MaxSize)
                throw owner.Wrong("vocab", piece.Value, $"an id from 0 to {BertVocabulary.MaxSize - 1}");
            yield return KeyValuePair.Create(piece.Name, id);
        }
    }

    private static TokenizerSpecification WordPiece(JsonFields model, string file)
    {
        string prefix = model.Text("continuing_subword_prefix") ?? "##";
        int longest = model.Whole("max_input_chars_per_word", 0) ?? 100;
        return new TokenizerSpecification(
            Vocabulary(model, file), [], new BertTokenizerOptions { UnknownToken = model.Text("unk_token") ?? "[UNK]" })
        {
            Model = (pieces, unknown) => new WordPieceMatcher(pieces.Ids, prefix, unknown, longest),
        };
    }

    private static TokenizerSpecification WordLevel(JsonFields model, string file)
    {
        string unknown = model.Text("unk_token")
            ?? throw TokenizerJson.Refuse("model", "WordLevel without unk_token", file, "WordLevel with unk_token");
        return new TokenizerSpecification(Vocabulary(model, file), [], new BertTokenizerOptions { UnknownToken = unknown })
        {
            Model = (words, id) => new WordLevelModel(words, id),
            HasLines = false,
        };
    }

    private static TokenizerSpecification BytePairs(JsonFields model, string file)
    {
        if (model.Number("dropout") is > 0)
            throw TokenizerJson.Refuse("model", "BPE with dropout", file, "BPE without dropout");
        var settings = new BpeSettings
        {
            UnknownToken = model.Text("unk_token"),
            FuseUnknown = model.Flag("fuse_unk") ?? false,
            IgnoreMerges = model.Flag("ignore_merges") ?? false,
            ByteFallback = model.Flag("byte_fallback") ?? false,
            ContinuingSubwordPrefix = Affix(model, "continuing_subword_prefix"),
            EndOfWordSuffix = Affix(model, "end_of_word_suffix"),
        };
        if (settings.ByteFallback && settings.ContinuingSubwordPrefix.Length + settings.EndOfWordSuffix.Length > 0)
            throw TokenizerJson.Refuse("model", "BPE with byte_fallback and a prefix or suffix", file, "one of them");
        return BpeFiles.Create(Vocabulary(model, file), Merges(model, file), file, settings);
    }

    // HuggingFace's tokenizers count a prefix in bytes or in characters, which depends on their version.
    private static string Affix(JsonFields model, string name) => model.Text(name) is not { } text ? ""
        : text.Length <= MaxAffix && Ascii.IsValid(text) ? text
        : throw model.Wrong(name, model.Find(name)!.Value, $"at most {MaxAffix} ASCII characters");

    // Since 2024, merges are lists of two pieces; before that, strings of two pieces separated by a space.
    private static IEnumerable<(string Left, string Right)> Merges(JsonFields model, string file)
    {
        if (model.Find("merges") is not { ValueKind: JsonValueKind.Array } merges)
            throw new InvalidDataException($"The model in '{file}' contains no list of merges. Copy or download the file again.");
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array =>
                    [.. merge.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => [],
            };
            if (parts is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw model.Wrong("merges", merge, "two pieces");
            yield return (left, right);
        }
    }

    private static TokenizerSpecification Unigram(JsonFields model, string file)
    {
        if (model.Find("vocab") is not { ValueKind: JsonValueKind.Array } vocabulary)
            throw new InvalidDataException($"The model in '{file}' contains no vocab. Copy or download the file again.");
        if (vocabulary.GetArrayLength() > BertVocabulary.MaxSize)
            throw new InvalidDataException(
                $"The model in '{file}' contains more than {BertVocabulary.MaxSize} tokens. Copy or download the file again.");
        var pieces = new List<(string, double)>(vocabulary.GetArrayLength());
        foreach (JsonElement piece in vocabulary.EnumerateArray())
        {
            if (piece.ValueKind != JsonValueKind.Array || piece.GetArrayLength() != 2 || piece[0].ValueKind != JsonValueKind.String
                || piece[1].ValueKind != JsonValueKind.Number || !piece[1].TryGetDouble(out double score) || !double.IsFinite(score))
            {
                throw model.Wrong("vocab", piece, "a piece and its score");
            }
            pieces.Add((piece[0].GetString()!, score));
        }
        int unknown = model.Whole("unk_id", 0)
            ?? throw TokenizerJson.Refuse("model", "Unigram without unk_id", file, "Unigram with unk_id");
        return UnigramFiles.Create(pieces, unknown, model.Flag("byte_fallback") ?? false, file);
    }

    private static BertVocabulary Vocabulary(JsonFields model, string file) =>
        new(Pieces(model.Members("vocab")
            ?? throw new InvalidDataException($"The model in '{file}' contains no vocab. Copy or download the file again."), model));
}
