using System.Text.Json.Nodes;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
internal static class NormalizerJson
{
    private const int MaxContent = 1_000;

    private const string Known =
        "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Strip, StripAccents and a " +
        "Sequence of these";

    public static TokenizerSpecification Read(TokenizerSpecification specification, JsonFields? normalizer, string file)
    {
        IReadOnlyList<JsonFields> parts = TokenizerJson.Flatten(normalizer, "normalizers", file);
        if (parts is [var only] && only.Text("type") == "BertNormalizer")
        {
            bool clean = Cleans(only);
            return specification with
            {
                Normalizer = options => BertNormalizer.Create(options, clean),
                Settings = TokenizerSpecification.BertSettings,
                Options = BertOptions(only, specification.Options),
            };
        }
        NormalizerStep[] steps = [.. parts.Select(part => Step(part, file))];
        return ChainOf(specification, steps);
    }

    /// <summary>Returns a copy with these normalizers instead of BERT's.</summary>
    public static TokenizerSpecification ChainOf(TokenizerSpecification specification, params IReadOnlyList<NormalizerStep> steps)
    {
        var chain = new NormalizerChain(steps);
        return specification with
        {
            Normalizer = _ => chain,
            Settings = [.. specification.Settings.Except(TokenizerSpecification.BertSettings)],
            Options = specification.Options with
            {
                DoLowerCase = steps.Contains(Lowercase.Instance),
                StripAccents = null,
                TokenizeChineseChars = false,
            },
        };
    }

    /// <summary>Returns a tokenizer.json that lowercases text before any other normalization.</summary>
    public static string WithLowercase(string json)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        JsonNode? normalizer = root["normalizer"];
        root.Remove("normalizer");
        var lower = new JsonObject { ["type"] = "Lowercase" };
        root["normalizer"] = normalizer is null ? lower : new JsonObject
        {
            ["type"] = "Sequence",
            ["normalizers"] = new JsonArray(lower, normalizer),
        };
        return root.ToJsonString();
    }

    private static NormalizerStep Step(JsonFields part, string file) => part.Text("type") switch
    {
        "BertNormalizer" => new NormalizerAsStep(BertNormalizer.Create(BertOptions(part, new BertTokenizerOptions()), Cleans(part))),
        "ByteLevel" => ByteCharacters.Instance,
        "Lowercase" => Lowercase.Instance,
        "NFC" => UnicodeForm.Nfc,
        "NFD" => UnicodeForm.Nfd,
        "NFKC" => UnicodeForm.Nfkc,
        "NFKD" => UnicodeForm.Nfkd,
        "Nmt" => Nmt.Instance,
        "Precompiled" => Precompiled(part, file),
        "Prepend" => new Prepend(Short(part, "prepend")),
        "Replace" => Replace(part, file),
        "Strip" => new Strip(part.Flag("strip_left") ?? true, part.Flag("strip_right") ?? true),
        "StripAccents" => StripAccents.Instance,
        _ => throw TokenizerJson.Refuse("normalizer", part, file, Known),
    };

    private static Precompiled Precompiled(JsonFields part, string file)
    {
        byte[] bytes = new byte[part.Text("precompiled_charsmap") is { } text ? text.Length : 0];
        return Convert.TryFromBase64String(part.Text("precompiled_charsmap") ?? "", bytes, out int length)
            ? new Precompiled(CharsMap.Read(bytes.AsSpan(0, length), file))
            : throw new InvalidDataException($"The precompiled_charsmap in '{file}' is damaged. Copy or download the file again.");
    }

    private static bool Cleans(JsonFields part) => part.Flag("clean_text") ?? true;

    private static BertTokenizerOptions BertOptions(JsonFields part, BertTokenizerOptions options) => options with
    {
        DoLowerCase = part.Flag("lowercase") ?? true,
        StripAccents = part.Flag("strip_accents"),
        TokenizeChineseChars = part.Flag("handle_chinese_chars") ?? true,
    };

    // The content can be inserted for each character of a text, so its length is limited.
    private static string Short(JsonFields part, string name) => part.Text(name) is not { } text ? "" : text.Length <= MaxContent
        ? text
        : throw part.Wrong(name, part.Find(name)!.Value, $"a text of at most {MaxContent} characters");

    private static NormalizerStep Replace(JsonFields part, string file)
    {
        (string pattern, bool isExpression) = PatternJson.ReadText(part, file);
        string content = Short(part, "content");
        if (!isExpression)
            return new Replace(pattern, extends: false, content);
        return PatternJson.TryReadRun(pattern, out string run)
            ? new Replace(run, extends: true, content)
            : new ReplaceMatches(new ExpressionPattern(pattern, file), content);
    }
}
