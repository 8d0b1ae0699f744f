using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Writes the files of a tokenizer with some of its tokens, under new ids.</summary>
/// <param name="ids">The tokens and their new ids.</param>
internal sealed class TrimmedFiles(IReadOnlyDictionary<string, int> ids)
{
    private const string JsonName = "tokenizer.json";

    private delegate JsonNode Edit(TrimmedFiles files, JsonNode json);

    private static readonly Dictionary<string, Edit> s_edits = new()
    {
        [JsonName] = (files, json) => files.Tokenizer(json.AsObject()),
        [BpeFiles.VocabularyName] = (files, json) => files.Tokens(json.AsObject()),
        [TokenizerConfig.FileName] = (files, json) => files.Config(json.AsObject()),
        [TokenizerConfig.AddedTokensName] = (files, json) => files.Tokens(json.AsObject()),
        [TokenizerConfig.SpecialTokensName] = (_, json) => json,
    };

    /// <summary>The files of which one suffices to read a vocabulary that is not a list of lines.</summary>
    public static IReadOnlyList<string> Writable { get; } = [JsonName, BpeFiles.VocabularyName];

    /// <summary>Returns the new content of a file; null if it is omitted, as a SentencePiece model is.</summary>
    public byte[]? Write(string name, byte[] content)
    {
        string text = Encoding.UTF8.GetString(content);
        if (name == BpeFiles.MergesName)
            return Encoding.UTF8.GetBytes(string.Concat(text.Split('\n').Where(IsKept).Select(line => line + "\n")));
        return s_edits.TryGetValue(name, out Edit? edit)
            ? Encoding.UTF8.GetBytes(JsonFile.Format(edit(this, JsonNode.Parse(text)!)))
            : null;
    }

    private JsonObject Tokenizer(JsonObject root)
    {
        JsonObject model = root["model"]!.AsObject();
        string prefix = (string?)model["continuing_subword_prefix"] ?? "";
        if (model["vocab"] is JsonArray pieces)
        {
            // Of several equal pieces, the last one is used.
            model["unk_id"] = ids[(string)pieces[(int)model["unk_id"]!]![0]!];
            model["vocab"] = new JsonArray(
            [
                .. pieces.Select(piece => piece!.DeepClone()).Reverse().DistinctBy(piece => (string)piece[0]!)
                    .Where(piece => ids.ContainsKey((string)piece[0]!)).Reverse(),
            ]);
        }
        else
        {
            model["vocab"] = Tokens(model["vocab"]!.AsObject());
        }
        if (model["merges"] is JsonArray merges)
            model["merges"] = new JsonArray([.. merges.Where(merge => IsKept(merge!, prefix)).Select(merge => merge!.DeepClone())]);
        if (root["added_tokens"] is JsonArray added)
        {
            foreach (JsonObject token in added.OfType<JsonObject>().Where(token => ids.ContainsKey((string)token["content"]!)))
                token["id"] = ids[(string)token["content"]!];
        }
        if (root["padding"] is JsonObject padding && ids.TryGetValue((string?)padding["pad_token"] ?? "", out int id))
            padding["pad_id"] = id;
        Renumber(root["post_processor"]);
        return root;
    }

    // The special tokens of rows, as pairs of a token and its id or as lists of tokens and ids.
    private void Renumber(JsonNode? part)
    {
        switch (part)
        {
            case JsonArray { Count: 2 } pair when pair[0] is JsonValue token && pair[1]?.GetValueKind() == JsonValueKind.Number:
                pair[1] = ids[(string)token!];
                break;
            case JsonArray list:
                foreach (JsonNode? item in list)
                    Renumber(item);
                break;
            case JsonObject fields when fields["tokens"] is JsonArray tokens && fields["ids"] is JsonArray:
                fields["ids"] = new JsonArray([.. tokens.Select(token => JsonValue.Create(ids[(string)token!]))]);
                break;
            case JsonObject fields:
                foreach ((_, JsonNode? value) in fields)
                    Renumber(value);
                break;
        }
    }

    private JsonObject Config(JsonObject config)
    {
        if (config["added_tokens_decoder"] is JsonObject added)
        {
            config["added_tokens_decoder"] = new JsonObject(
                from token in added
                let content = (string?)token.Value!["content"] ?? ""
                where ids.ContainsKey(content)
                orderby ids[content]
                select KeyValuePair.Create($"{ids[content]}", (JsonNode?)token.Value.DeepClone()));
        }
        return config;
    }

    private JsonObject Tokens(JsonObject old) => new(
        from token in old
        where ids.ContainsKey(token.Key)
        orderby ids[token.Key]
        select KeyValuePair.Create(token.Key, (JsonNode?)JsonValue.Create(ids[token.Key])));

    private bool IsKept(JsonNode merge, string prefix) => merge is JsonArray pair
        ? IsKept((string)pair[0]!, (string)pair[1]!, prefix)
        : ((string)merge!).Split(' ') is [var left, var right] && IsKept(left, right, prefix);

    // merges.txt starts with its version.
    private bool IsKept(string line) =>
        line.StartsWith("#version", StringComparison.Ordinal)
        || line.TrimEnd('\r').Split(' ') is [var left, var right] && IsKept(left, right, prefix: "");

    private bool IsKept(string left, string right, string prefix) =>
        ids.ContainsKey(left) && ids.ContainsKey(right) && ids.ContainsKey(left + right[prefix.Length..]);
}
