using System.Text.Json;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>The options of generation in a checkpoint: <c>generation_config.json</c>, or the older fields of <c>config.json</c>.</summary>
internal static class GenerationConfig
{
    public const string FileName = "generation_config.json";

    private const string MaxNewTokens = "max_new_tokens", MinNewTokens = "min_new_tokens", ForcedBos = "forced_bos_token_id",
        ForcedEos = "forced_eos_token_id";

    // With the values that change nothing, as text of JSON. Ignoring others would silently generate other texts.
    private static readonly Dictionary<string, string[]> s_unsupported = new(StringComparer.Ordinal)
    {
        ["encoder_repetition_penalty"] = ["1", "1.0"],
        ["diversity_penalty"] = ["0", "0.0"],
        ["num_beam_groups"] = ["1"],
        ["typical_p"] = ["1", "1.0"],
        ["min_p"] = ["0", "0.0"],
        ["epsilon_cutoff"] = ["0", "0.0"],
        ["eta_cutoff"] = ["0", "0.0"],
        ["penalty_alpha"] = ["0", "0.0"],
        ["encoder_no_repeat_ngram_size"] = ["0"],
        ["bad_words_ids"] = ["[]"],
        ["force_words_ids"] = ["[]"],
        ["constraints"] = ["[]"],
        ["suppress_tokens"] = ["[]"],
        ["begin_suppress_tokens"] = ["[]"],
        ["exponential_decay_length_penalty"] = [],
        ["sequence_bias"] = ["{}", "[]"],
        ["renormalize_logits"] = ["false"],
        ["guidance_scale"] = ["1", "1.0"],
        ["token_healing"] = ["false"],
        ["watermarking_config"] = [],
        ["dola_layers"] = [],
        ["stop_strings"] = ["[]"],
        ["max_time"] = [],
    };

    /// <summary>Reads the options.</summary>
    /// <param name="sources">
    /// The objects that can have a field, and their names in messages. As in transformers, a value of the first one counts unless it is the
    /// default.
    /// </param>
    /// <param name="decoder">The decoder's config.</param>
    /// <exception cref="InvalidDataException">A field has an invalid value.</exception>
    /// <exception cref="NotSupportedException">A field changes texts in a way that is not supported.</exception>
    public static BertGenerationOptions Read(IReadOnlyList<(JsonFields Fields, string File)> sources, BertConfig decoder)
    {
        foreach ((JsonFields fields, string file) in sources)
            Refuse(fields, file);
        var defaults = new BertGenerationOptions();
        int maxLength = Known(fields => fields.Whole(MaxNewTokens, 1)) + 1
            ?? First(fields => fields.Whole("max_length", 1), defaults.MaxLength);
        var options = new BertGenerationOptions
        {
            NumBeams = First(fields => fields.Whole("num_beams", 1), defaults.NumBeams),
            MaxLength = Math.Min(maxLength, decoder.MaxTokens),
            MinLength = Known(fields => fields.Whole(MinNewTokens, 0)) + 1
                ?? First(fields => fields.Whole("min_length", 0), defaults.MinLength),
            LengthPenalty = First(fields => fields.Number("length_penalty"), defaults.LengthPenalty),
            NoRepeatNgramSize = First(fields => fields.Whole("no_repeat_ngram_size", 0), defaults.NoRepeatNgramSize),
            RepetitionPenalty = First(fields => fields.Number("repetition_penalty"), defaults.RepetitionPenalty),
            ForcedBosTokenId = Known(fields => TokenId(fields, ForcedBos, decoder.VocabSize)),
            ForcedEosTokenId = Known(fields => TokenId(fields, ForcedEos, decoder.VocabSize)),
            EarlyStopping = First(EarlyStopping, defaults.EarlyStopping),
            NumReturnSequences = First(fields => fields.Whole("num_return_sequences", 1), defaults.NumReturnSequences),
            DoSample = First(fields => fields.Flag("do_sample"), defaults.DoSample),
            Temperature = First(fields => fields.Number("temperature"), defaults.Temperature),
            TopK = First(fields => fields.Whole("top_k", 0), defaults.TopK),
            TopP = First(fields => fields.Number("top_p"), defaults.TopP),
        };
        try
        {
            return options.Validated(decoder);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"'{sources[0].File}' is not valid: {exception.Message} Correct the file.", exception);
        }

        T? Known<T>(Func<JsonFields, T?> read)
            where T : struct => sources.Select(source => read(source.Fields)).FirstOrDefault(value => value is not null);

        T First<T>(Func<JsonFields, T?> read, T otherwise)
            where T : struct => sources.Select(source => read(source.Fields)).FirstOrDefault(value => value is { } known
                && !EqualityComparer<T>.Default.Equals(known, otherwise)) ?? otherwise;
    }

    /// <summary>Reads the id of a token that the checkpoint names, from a number or a list with one.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="name">The field.</param>
    /// <param name="vocabulary">The number of ids.</param>
    public static int? TokenId(JsonFields fields, string name, int vocabulary)
    {
        if (fields.Find(name) is not { } value)
            return null;
        JsonElement one = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value;
        return one.ValueKind == JsonValueKind.Number && one.TryGetInt32(out int id) && id >= 0 && id < vocabulary
            ? id
            : throw fields.Wrong(name, value, $"one token id below the decoder's vocab_size of {vocabulary}");
    }

    /// <summary>Writes the file over the text that it was read from, if any.</summary>
    public static string Write(BertDecoder decoder)
    {
        BertGenerationOptions options = decoder.Generation;
        return JsonFile.Merge(decoder.GenerationSource, new Dictionary<string, object?>
        {
            ["decoder_start_token_id"] = decoder.StartTokenId,
            ["eos_token_id"] = decoder.EndTokenId,
            ["pad_token_id"] = decoder.Config.PadTokenId,
            ["max_length"] = options.MaxLength,
            ["min_length"] = options.MinLength,
            ["num_beams"] = options.NumBeams,
            ["length_penalty"] = options.LengthPenalty,
            ["no_repeat_ngram_size"] = options.NoRepeatNgramSize,
            ["repetition_penalty"] = options.RepetitionPenalty,
            [ForcedBos] = options.ForcedBosTokenId,
            [ForcedEos] = options.ForcedEosTokenId,
            ["early_stopping"] = options.EarlyStopping == BertEarlyStopping.Never
                ? "never"
                : options.EarlyStopping == BertEarlyStopping.WhenComplete,
            ["num_return_sequences"] = options.NumReturnSequences,
            ["do_sample"] = options.DoSample,
            ["temperature"] = options.Temperature,
            ["top_k"] = options.TopK,
            ["top_p"] = options.TopP,
        }, MaxNewTokens, MinNewTokens);
    }

    private static BertEarlyStopping? EarlyStopping(JsonFields fields) => fields.Find("early_stopping") switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => BertEarlyStopping.WhenComplete,
        { ValueKind: JsonValueKind.False } => BertEarlyStopping.Heuristic,
        { ValueKind: JsonValueKind.String } text when text.GetString() == "never" => BertEarlyStopping.Never,
        { } value => throw fields.Wrong("early_stopping", value, "true, false or \"never\""),
    };

    private static void Refuse(JsonFields fields, string file)
    {
        foreach ((string name, string[] neutral) in s_unsupported)
        {
            if (fields.Find(name) is { } value && !neutral.Contains(value.GetRawText().Replace(" ", "", StringComparison.Ordinal)))
                throw new NotSupportedException(
                    $"'{name}' in '{file}' is {PrintableText.Of(value.GetRawText())}, which is not supported. Remove the field to " +
                    "generate texts without it, or use another checkpoint.");
        }
    }
}
