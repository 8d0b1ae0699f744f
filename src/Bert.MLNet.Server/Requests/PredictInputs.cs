using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bert.MLNet.Server.Requests;

/// <summary>What is classified: a text, a pair of texts, or a list of texts and pairs, each a list of one or two strings.</summary>
/// <param name="Items">The texts and pairs, each of one or two strings.</param>
/// <param name="IsSingle">Whether the request has one text or pair and no list of them.</param>
[JsonConverter(typeof(Converter))]
internal sealed record PredictInputs(IReadOnlyList<string[]> Items, bool IsSingle)
{
    internal sealed class Converter : JsonConverter<PredictInputs>
    {
        private const string Expected =
            "Expected a string, a pair of strings, or a list whose items are lists of one or two strings.";

        public override PredictInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return new([[reader.GetString()!]], IsSingle: true);
            if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
                throw new JsonException(Expected);
            if (reader.TokenType == JsonTokenType.String)
                return new([ReadTexts(ref reader)], IsSingle: true);
            List<string[]> items = [];
            for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartArray || !reader.Read())
                    throw new JsonException(Expected);
                items.Add(ReadTexts(ref reader));
            }
            return new(items, IsSingle: false);
        }

        public override void Write(Utf8JsonWriter writer, PredictInputs value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Inputs are only read.");

        /// <summary>Reads from the first string to the end of its list.</summary>
        private static string[] ReadTexts(ref Utf8JsonReader reader)
        {
            List<string> texts = [];
            for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
            {
                texts.Add(reader.TokenType == JsonTokenType.String && texts.Count < 2
                    ? reader.GetString()!
                    : throw new JsonException(Expected));
            }
            return texts.Count > 0 ? [.. texts] : throw new JsonException(Expected);
        }
    }
}
