using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// Reads and writes <c>tokenizer_config.json</c> and the older <c>special_tokens_map.json</c> and <c>added_tokens.json</c>. Their settings
/// are applied on top of a vocabulary or a tokenizer.json.
/// </summary>
internal static class TokenizerConfig
{
    public const string FileName = "tokenizer_config.json";
    public const string SpecialTokensName = "special_tokens_map.json";
    public const string AddedTokensName = "added_tokens.json";

    public const string LowerCaseName = "do_lower_case", StripAccentsName = "strip_accents", ChineseName = "tokenize_chinese_chars",
    PrefixSpaceName = "add_prefix_space";

    private const string PaddingSideName = "padding_side", TruncationSideName = "truncation_side";

    // The value that transformers writes for a tokenizer without a limit.
    private const double NoMaximumLength = 1e30;

    /// <summary>Returns the tokenizer class that the files name.</summary>
    /// <param name="files">The files of the checkpoint.</param>
    /// <param name="other">The class to use if the files name none; null to infer it from the files.</param>
    /// <exception cref="NotSupportedException">The class is not supported.</exception>
    public static TokenizerClass ReadClass(FileSource files, string? other) => Read(files, FileName)?.Text("tokenizer_class") is { } name
        ? TokenizerClass.Get(name, files.Describe(FileName))
        : other is null ? TokenizerClass.Guess(files) : TokenizerClass.Get(other, files.Describe(FileName));

    /// <summary>Applies the settings of the files to a tokenizer that was read from a vocabulary or tokenizer.json.</summary>
    /// <param name="specification">The tokenizer as read so far.</param>
    /// <param name="files">The files of the checkpoint.</param>
    /// <param name="kind">The class of the tokenizer; null if it was read from a tokenizer.json.</param>
    public static TokenizerSpecification Apply(TokenizerSpecification specification, FileSource files, TokenizerClass? kind)
    {
        JsonFields? config = Read(files, FileName), map = Read(files, SpecialTokensName), added = Read(files, AddedTokensName);
        string file = files.Describe(FileName);
        if (config is not null)
            specification = specification.With(Settings(specification, config));

        // The tokens in the config take precedence over the map only if the config is new enough to list its added tokens.
        bool listsTokens = config?.Find("added_tokens_decoder") is not null;
        (JsonFields?, string) fromConfig = (config, file), fromMap = (map, files.Describe(SpecialTokensName));
        (JsonFields?, string)[] order = listsTokens ? [fromConfig, fromMap] : [fromMap, fromConfig];
        var special = new List<AddedToken>();
        string Named(string field, string known)
        {
            AddedToken token = Find(field) ?? new AddedToken(known) { Special = true };
            special.Add(token);
            return token.Content;
        }
        // A tokenizer without padding, such as GPT-2's, is usually padded with the token at the end of its texts.
        string Padding() =>
            !specification.Row.Separates && !specification.Has(specification.Options.PadToken) && Find("eos_token") is { } end
                ? end.Content
                : specification.Options.PadToken;

        AddedToken? Find(string field) => order.Select(o => Token(o.Item1, field, o.Item2)).FirstOrDefault(token => token is not null);

        BertTokenizerOptions options = specification.Options;
        options = options with
        {
            PadToken = Named("pad_token", Padding()),
            UnknownToken = Named("unk_token", options.UnknownToken),
            ClsToken = Named("cls_token", options.ClsToken),
            SepToken = Named("sep_token", options.SepToken),
            MaskToken = Named("mask_token", options.MaskToken),
        };
        if (kind is not null && config?.Flag("add_bos_token") is true && !specification.Row.Starts)
            throw TokenizerJson.Refuse("setting", "add_bos_token", file, "false, or a tokenizer.json that contains it");

        // A mask token that is specified only by its content gets the properties that its class defines.
        if (kind is { MaskStripsLeft: true })
            special[^1] = special[^1] with { LStrip = true };

        IEnumerable<AddedToken> listed = config is null ? [] : Listed(config, file);
        IEnumerable<AddedToken> older = added is null ? [] : Older(added, files.Describe(AddedTokensName), special);
        IEnumerable<AddedToken> more = order.SelectMany(o => Additional(o.Item1, o.Item2));
        HashSet<string> known = [.. specification.AddedTokens.Select(token => token.Content)];
        // A special token that does not occur in the files is not added.
        IEnumerable<AddedToken> missing = special.Where(t => !known.Contains(t.Content) && specification.Pieces.TryGetId(t.Content, out _));
        return (specification with { Options = options }).Add(missing).Add(listed)
            .Add(older.Concat(more).Where(t => !known.Contains(t.Content)));
    }

    /// <summary>Returns a config with the tokenizer's options. All other fields of <paramref name="source"/> are kept.</summary>
    /// <param name="specification">The tokenizer.</param>
    /// <param name="source">A config whose other fields are kept; null if there is none.</param>
    /// <param name="kind">The class to write if <paramref name="source"/> is null; null for BERT's.</param>
    public static string Write(TokenizerSpecification specification, string? source, TokenizerClass? kind = null)
    {
        BertTokenizerOptions options = specification.Options;
        Dictionary<string, object?> fields = SpecialTokens(options, source);
        foreach (string name in specification.Settings)
            fields[name] = Setting(options, name);
        fields["split_special_tokens"] = options.SplitSpecialTokens;
        fields["model_max_length"] = options.ModelMaxLength is { } length ? length : NoMaximumLength;
        JsonFields? known = source is null ? null : JsonFields.Parse(source, FileName);
        foreach ((string name, bool isLeft) in new[] { (PaddingSideName, options.PaddingSide == BertPaddingSide.Left),
            (TruncationSideName, options.TruncationSide == BertTruncationSide.Left) })
        {
            // Like transformers, this writes the usual side only if the source contains the field.
            if (isLeft || known?.Has(name) == true)
                fields[name] = isLeft ? "left" : "right";
        }
        if (source is null)
            fields["tokenizer_class"] = (kind ?? TokenizerClass.Default).Name;
        return JsonFile.Merge(source, fields);
    }

    /// <summary>Returns the content of special_tokens_map.json: the special tokens with the properties that the config specifies.</summary>
    public static string WriteSpecialTokensMap(BertTokenizerOptions options, string? source, string config)
    {
        Dictionary<string, object?> fields = SpecialTokens(options, source);
        JsonFields described = JsonFields.Parse(config, FileName);
        foreach (string field in fields.Keys)
        {
            if (described.Find(field) is { ValueKind: JsonValueKind.Object } token)
                fields[field] = token;
        }
        return JsonFile.Merge(source, fields);
    }

    // A token that the source stores as an object with properties is kept as an object unless the token itself has changed.
    private static Dictionary<string, object?> SpecialTokens(BertTokenizerOptions options, string? source)
    {
        JsonFields? known = source is null ? null : JsonFields.Parse(source, FileName);
        return new (string Field, string Token)[]
        {
            ("cls_token", options.ClsToken), ("mask_token", options.MaskToken), ("pad_token", options.PadToken),
            ("sep_token", options.SepToken), ("unk_token", options.UnknownToken),
        }.Where(t => Token(known, t.Field, FileName)?.Content != t.Token).ToDictionary(t => t.Field, t => (object?)t.Token);
    }

    private static JsonFields? Read(FileSource files, string name) =>
        files.ReadText(name) is { } json ? JsonFields.Parse(json, files.Describe(name)) : null;

    /// <summary>Returns the first changed setting that no part of the tokenizer supports; null if there is none.</summary>
    public static string? FirstWithout(TokenizerSpecification specification, BertTokenizerOptions options) =>
        Array.Find(s_settings, name => !specification.Settings.Contains(name)
            && Setting(options, name) != Setting(specification.Options, name));

    private static readonly string[] s_settings = [LowerCaseName, StripAccentsName, ChineseName, PrefixSpaceName];

    private static bool? Setting(BertTokenizerOptions options, string name) => name switch
    {
        LowerCaseName => options.DoLowerCase,
        StripAccentsName => options.StripAccents,
        ChineseName => options.TokenizeChineseChars,
        _ => options.AddPrefixSpace,
    };

    // A strip_accents of null is also a setting: it means the same as do_lower_case.
    private static BertTokenizerOptions Settings(TokenizerSpecification specification, JsonFields config)
    {
        BertTokenizerOptions options = specification.Options;
        foreach (string name in specification.Settings)
        {
            options = name switch
            {
                LowerCaseName => options with { DoLowerCase = config.Flag(name) ?? options.DoLowerCase },
                StripAccentsName => options with { StripAccents = config.Has(name) ? config.Flag(name) : options.StripAccents },
                ChineseName => options with { TokenizeChineseChars = config.Flag(name) ?? options.TokenizeChineseChars },
                _ => options with { AddPrefixSpace = config.Flag(name) ?? options.AddPrefixSpace },
            };
        }
        return options with
        {
            SplitSpecialTokens = config.Flag("split_special_tokens") ?? options.SplitSpecialTokens,
            ModelMaxLength = config.Number("model_max_length") is { } length and > 0 and < int.MaxValue ? (int)length : null,
            PaddingSide = IsLeft(config, PaddingSideName) ? BertPaddingSide.Left : BertPaddingSide.Right,
            TruncationSide = IsLeft(config, TruncationSideName) ? BertTruncationSide.Left : BertTruncationSide.Right,
        };
    }

    private static bool IsLeft(JsonFields config, string name) => config.Text(name) switch
    {
        null or "right" => false,
        "left" => true,
        _ => throw config.Wrong(name, config.Find(name)!.Value, "'left' or 'right'"),
    };

    private static AddedToken? Token(JsonFields? fields, string name, string file) => fields?.Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => new AddedToken(text.GetString()!) { Special = true },
        { ValueKind: JsonValueKind.Object } token => TokenizerJson.ReadAddedToken(JsonFields.Of(token, file), file, special: true),
        { } other => throw fields!.Wrong(name, other, "a token"),
    };

    private static IEnumerable<AddedToken> Listed(JsonFields config, string file) =>
        (config.Members("added_tokens_decoder") ?? [])
            .OrderBy(member => int.TryParse(member.Name, out int id)
                ? id
                : throw config.Wrong("added_tokens_decoder", member.Value, "a token with a whole number as its key"))
            .Select(member => TokenizerJson.ReadAddedToken(JsonFields.Of(member.Value, file), file, special: false));

    // The current name is extra_special_tokens: a list, or an object whose keys are names defined by the model.
    private static IEnumerable<AddedToken> Additional(JsonFields? fields, string file)
    {
        foreach (string field in (string[])["additional_special_tokens", "extra_special_tokens"])
        {
            if (fields?.Find(field) is not { } tokens)
                continue;
            IEnumerable<JsonElement> items = tokens.ValueKind switch
            {
                JsonValueKind.Array => tokens.EnumerateArray(),
                JsonValueKind.Object => tokens.EnumerateObject().Select(member => member.Value),
                _ => throw fields.Wrong(field, tokens, "a list of tokens"),
            };
            foreach (JsonElement token in items)
            {
                yield return token.ValueKind == JsonValueKind.String
                    ? new AddedToken(token.GetString()!) { Special = true }
                    : TokenizerJson.ReadAddedToken(JsonFields.Of(token, file), file, special: true);
            }
        }
    }

    private static IEnumerable<AddedToken> Older(JsonFields added, string file, List<AddedToken> special) =>
        added.Members().OrderBy(member => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out int id)
                ? id : throw new InvalidDataException($"'{file}' must specify a whole number for '{member.Name}'. Correct the file."))
            .Select(member => special.Find(token => token.Content == member.Name) ?? new AddedToken(member.Name) { Normalized = true });
}
