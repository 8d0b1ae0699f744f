using Bert.MLNet.Cli.Verbs;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Cli.Encode;

/// <summary>A row of tokens on its way through the encoder.</summary>
internal sealed class GivenRow : GivenSequence
{
    private GivenRow(JsonLine line, long[] ids, long[] mask, long[] types)
    {
        (Line, Ids, Mask, Types) = (line, ids, mask, types);
        Length = ids.Length;
    }

    public JsonLine Line { get; }

    /// <summary>Creates a row from a line's <c>input_ids</c>, or from its text.</summary>
    /// <exception cref="InvalidDataException">The line does not describe a row.</exception>
    public static GivenRow Create(JsonLine line, BertTokenizer tokenizer, BertEncodeOptions options)
    {
        if (line.Integers("input_ids") is { } ids)
        {
            if (ids.Length == 0)
                throw line.Error("has empty input_ids. Even an empty text has [CLS] and [SEP].");
            return new GivenRow(line, ids, Beside("attention_mask", 1), Beside("token_type_ids", 0));
        }
        BertEncoding row = TokenizeVerb.Encode(tokenizer, line, options);
        return new GivenRow(line, Widen(row.Ids), Widen(row.AttentionMask), Widen(row.TypeIds));

        long[] Beside(string field, long missing)
        {
            long[] values = line.Integers(field) ?? [.. Enumerable.Repeat(missing, ids.Length)];
            return values.Length == ids.Length
                ? values
                : throw line.Error($"has {values.Length} values of {field} for {ids.Length} input_ids. Each one needs a value.");
        }

        static long[] Widen(IReadOnlyList<int> values) => [.. values.Select(value => (long)value)];
    }
}
