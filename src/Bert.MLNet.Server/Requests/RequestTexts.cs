using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>One or several texts, each as a string or as token ids.</summary>
/// <param name="Texts">The strings; null for token ids.</param>
/// <param name="Ids">The token ids; null for strings.</param>
/// <param name="IsSingle">Whether the request has one input and no list of inputs.</param>
[JsonConverter(typeof(Converter))]
internal sealed record RequestTexts(IReadOnlyList<string>? Texts, IReadOnlyList<int[]>? Ids, bool IsSingle)
{
    /// <summary>Returns the texts; those of token ids are decoded by the model's tokenizer.</summary>
    public IReadOnlyList<string> AsTexts(BertTokenizer tokenizer) =>
        Texts ?? [.. Ids!.Select(ids => tokenizer.Decode(ids, skipSpecialTokens: true))];

    internal sealed class Converter : JsonConverter<RequestTexts>
    {
        private const string Expected =
            "Expected a string, a list of strings, a list of token ids, or a list of lists of token ids.";

        public override RequestTexts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return new([reader.GetString()!], null, IsSingle: true);
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
                throw new JsonException(Expected);
            return reader.TokenType switch
            {
                JsonTokenType.EndArray => new([], null, IsSingle: false),
                JsonTokenType.String => new(ReadList(ref reader, static (ref Utf8JsonReader item) => Text(ref item)), null, false),
                JsonTokenType.Number => new(null, [ReadIds(ref reader)], IsSingle: true),
                JsonTokenType.StartArray => new(null, ReadList(ref reader, static (ref Utf8JsonReader item) => Ids(ref item)), false),
                _ => throw new JsonException(Expected),
            };
        }

        public override void Write(Utf8JsonWriter writer, RequestTexts value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Inputs are only read.");

        private delegate T Reading<T>(ref Utf8JsonReader reader);

        /// <summary>Reads from the first item to the end of the list.</summary>
        private static List<T> ReadList<T>(ref Utf8JsonReader reader, Reading<T> read)
        {
            List<T> items = [];
            do
                items.Add(read(ref reader));
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray);
            return items;
        }

        private static string Text(ref Utf8JsonReader reader) =>
            reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException(Expected);

        private static int[] Ids(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
                throw new JsonException(Expected);
            return reader.TokenType == JsonTokenType.EndArray ? [] : ReadIds(ref reader);
        }

        private static int[] ReadIds(ref Utf8JsonReader reader) => [.. ReadList(ref reader, static (ref Utf8JsonReader item) =>
            item.TokenType == JsonTokenType.Number && item.TryGetInt32(out int id) ? id : throw new JsonException(Expected))];
    }
}
