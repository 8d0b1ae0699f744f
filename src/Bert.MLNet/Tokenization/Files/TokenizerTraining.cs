using System.Text;
using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Learns a model from the words of a text, and writes the files of its tokenizer.</summary>
internal abstract class TokenizerTraining
{
    protected const string Begin = "<s>", Padding = "<pad>", End = "</s>", Unknown = "<unk>", Mask = "<mask>";

    private readonly JsonObject _json, _config;

    /// <param name="json">A tokenizer.json without special tokens and with an empty model.</param>
    /// <param name="tokenizerClass">The class of the tokenizer in transformers.</param>
    protected TokenizerTraining(string json, string tokenizerClass)
    {
        _json = JsonNode.Parse(json)!.AsObject();
        _config = SpecialTokens();
        _config["tokenizer_class"] = tokenizerClass;
        _config["mask_token"]!["__type"] = nameof(AddedToken); // transformers reads it as a token only with this field
    }

    /// <summary>The tokenizer before training, which splits text into the words to learn from.</summary>
    public TokenizerSpecification Untrained => TokenizerJson.Read(JsonFile.Format(_json), "tokenizer.json");

    /// <summary>The settings of this kind of tokenizer.</summary>
    protected JsonObject Config => _config;

    /// <summary>Learns the model, and returns the contents of all files by name.</summary>
    /// <param name="words">Words and how often they occur.</param>
    /// <param name="cancellationToken">Stops training.</param>
    /// <exception cref="ArgumentException">The vocabulary is too small for the characters.</exception>
    public abstract Dictionary<string, byte[]> Learn(IReadOnlyDictionary<string, long> words, CancellationToken cancellationToken);

    /// <summary>Returns the files of the tokenizer.</summary>
    /// <param name="fields">Fields of the model to set.</param>
    /// <param name="maskId">The id of the mask token; the others have the ids from 0 to 3.</param>
    protected Dictionary<string, byte[]> Files(JsonObject fields, int maskId)
    {
        JsonNode model = _json["model"]!;
        foreach ((string name, JsonNode? value) in fields.ToList())
        {
            fields.Remove(name);
            model[name] = value;
        }
        _json["added_tokens"] = new JsonArray([.. ((string[])[Begin, Padding, End, Unknown, Mask]).Select((token, id) =>
        {
            JsonObject added = AddedToken(token);
            added.Insert(0, "id", token == Mask ? maskId : id);
            added["special"] = true;
            return added;
        })]);
        return new Dictionary<string, byte[]>
        {
            ["tokenizer.json"] = Bytes(_json),
            [TokenizerConfig.FileName] = Bytes(_config),
            [TokenizerConfig.SpecialTokensName] = Bytes(SpecialTokens()),
        };
    }

    protected static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(JsonFile.Format(json));

    private static JsonObject SpecialTokens() => new()
    {
        ["bos_token"] = Begin,
        ["cls_token"] = Begin,
        ["eos_token"] = End,
        ["mask_token"] = AddedToken(Mask),
        ["pad_token"] = Padding,
        ["sep_token"] = End,
        ["unk_token"] = Unknown,
    };

    private static JsonObject AddedToken(string token) => new()
    {
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = token == Mask,
        ["rstrip"] = false,
        ["normalized"] = false,
    };
}
