using System.CommandLine;
using System.Text.Json;
using Bert.MLNet.Cli.Files;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>tokenize</c>: converts texts and pairs to rows of tokens.</summary>
internal static class TokenizeVerb
{
    public static Command Create(ToolStreams streams)
    {
        Option<string> model = CommonOptions.Model();
        var job = new LineJob();
        Option<int?> maxLength = CommonOptions.MaxLength();
        Option<BertTruncation?> truncation = TruncationOption.Create();
        var stride = new Option<int?>("--stride")
        {
            Description = "Also return the other windows of a text that is cut. Each repeats this many tokens of the previous one.",
        };
        Option<BertPadding> padding =
            CommonOptions.Choice("--padding", "How to pad short rows", BertPadding.None, ("max", BertPadding.MaxLength),
                ("none", BertPadding.None));
        Option<BertPaddingSide> side =
            CommonOptions.Choice("--padding-side", "Where to add padding", BertPaddingSide.Right, ("right", BertPaddingSide.Right),
                ("left", BertPaddingSide.Left));
        var command = new Command("tokenize", "Converts texts to rows of tokens: input_ids, token_type_ids, attention_mask, offsets.")
        {
            model, maxLength, truncation, stride, padding, side,
        };
        job.AddTo(command);
        command.SetAction(async (arguments, cancellation) =>
        {
            (BertTokenizer tokenizer, int? limit) = await Checkpoint.OpenTokenizerAsync(arguments.GetRequiredValue(model), cancellation);
            BertTruncation? truncate = arguments.GetValue(truncation);
            BertPadding pad = arguments.GetValue(padding);
            bool needsLength = truncate is not (null or BertTruncation.None)
                || pad == BertPadding.MaxLength
                || arguments.GetValue(stride) is not null;
            var options = new BertEncodeOptions
            {
                MaxLength = arguments.GetValue(maxLength)
                    ?? (!needsLength ? null : limit
                    ?? throw new UsageException("The checkpoint does not specify its maximum length. Pass --max-length.")),
                Truncation = truncate ?? BertTruncation.LongestFirst,
                Stride = arguments.GetValue(stride) ?? 0,
                Padding = pad,
                PaddingSide = arguments.GetResult(side) is { Implicit: false } ? arguments.GetValue(side) : null,
            };
            if (options.Stride < 0)
                throw new UsageException("--stride must not be negative.");
            bool windows = arguments.GetValue(stride) is not null;

            return job.Run(arguments, streams, () => $"{tokenizer.ContentHash} {limit}", lines => lines.Select(line =>
            {
                BertEncoding row = Encode(tokenizer, line, options);
                return new Answer(line, json =>
                {
                    WriteRow(json, row);
                    if (windows)
                        WriteWindows(json, row.Overflowing);
                });
            }), cancellation);
        });
        return command;
    }

    /// <summary>Tokenizes the <c>text</c> and <c>pair</c> of a line.</summary>
    /// <exception cref="InvalidDataException">They cannot be tokenized; the message names the line.</exception>
    public static BertEncoding Encode(BertTokenizer tokenizer, JsonLine line, BertEncodeOptions options)
    {
        (string? text, string? pair) = (line.Text("text"), line.Text("pair"));
        try
        {
            return tokenizer.Encode(text, pair, options);
        }
        catch (ArgumentException error)
        {
            throw line.Error($"cannot be tokenized: {ErrorText.Of(error)}", error);
        }
    }

    private static void WriteWindows(Utf8JsonWriter json, IReadOnlyList<BertEncoding> windows)
    {
        json.WriteStartArray("overflowing");
        foreach (BertEncoding window in windows)
        {
            json.WriteStartObject();
            WriteRow(json, window);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, BertEncoding row)
    {
        json.WriteIntegers("input_ids", row.Ids);
        json.WriteIntegers("token_type_ids", row.TypeIds);
        json.WriteIntegers("attention_mask", row.AttentionMask);
        json.WriteStartArray("offsets");
        foreach ((int start, int end) in row.Offsets)
        {
            json.WriteStartArray();
            json.WriteNumberValue(start);
            json.WriteNumberValue(end);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }
}
