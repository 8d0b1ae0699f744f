using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>
/// Small tokenizer.json files, and copies of them with other parts, in <c>TokenizerParts.jsonl</c>. The expected rows were made with crate
/// tokenizers 0.22.2; offsets are UTF-16 units.
/// </summary>
internal sealed class TokenizerParts
{
    private readonly Dictionary<string, JsonObject> _bases = [];

    private readonly List<(string Name, JsonObject Tokenizer, JsonArray Rows)> _cases = [];

    private TokenizerParts()
    {
        string file = Path.Combine(
            Shared.Repository, "tests", "Bert.MLNet.Tests", "Tokenization", "Files", "TokenizerParts.jsonl");
        foreach (JsonObject line in File.ReadLines(file).Select(line => JsonNode.Parse(line)!.AsObject()))
        {
            if (line["tokenizer"] is { } tokenizer)
            {
                _bases.Add((string)line["name"]!, tokenizer.AsObject());
                continue;
            }
            JsonObject parts = line["parts"]!.AsObject();
            _cases.Add(((string)line["base"]! + parts.ToJsonString(), Get((string)line["base"]!, parts), line["rows"]!.AsArray()));
        }
    }

    public static TokenizerParts All { get; } = new();

    public IReadOnlyList<(string Name, JsonObject Tokenizer, JsonArray Rows)> Cases => _cases;

    /// <summary>A base with other parts.</summary>
    public JsonObject Get(string name, JsonObject? parts = null)
    {
        JsonObject tokenizer = _bases[name].DeepClone().AsObject();
        foreach ((string part, JsonNode? content) in parts ?? [])
            tokenizer[part] = content?.DeepClone();
        return tokenizer;
    }

    /// <summary>Opens a tokenizer.json.</summary>
    public static BertTokenizer Open(JsonNode tokenizer)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["tokenizer.json"], tokenizer.ToJsonString());
        return BertTokenizer.FromPretrained(folder.Path);
    }
}
