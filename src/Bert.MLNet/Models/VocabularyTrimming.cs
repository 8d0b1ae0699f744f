using System.Text.Json.Nodes;

namespace Bert.MLNet.Models;

/// <summary>Creates checkpoints with some of the tokens of another one.</summary>
internal static class VocabularyTrimming
{
    private const string IdSuffix = "_token_id";

    /// <param name="model">A checkpoint with float weights.</param>
    /// <param name="texts">The texts whose tokens are kept.</param>
    /// <param name="options">The checked options.</param>
    /// <exception cref="ArgumentException">The number of tokens is too small.</exception>
    /// <exception cref="InvalidDataException">The texts contain no words.</exception>
    /// <exception cref="NotSupportedException">The tokenizer's files cannot be written.</exception>
    public static BertModel Trim(BertModel model, IEnumerable<string> texts, BertVocabularyTrimmingOptions options)
    {
        long[] counts = model.Tokenizer.CountPieces(
            texts.Concat(model.Sentence.Prompts.Values), options.Threads, options.CancellationToken);
        int[] kept = Choose(model, counts, options);
        BertTokenizer tokenizer = model.Tokenizer.Keep(kept, model.Config.Family.TokenizerClass);
        BertConfig config = ConfigOf(model, tokenizer, kept);
        BertSentenceOptions sentence = model.Sentence with
        {
            TokenWeights = model.Sentence.TokenWeights is { } weights ? [.. kept.Select(id => weights[id])] : null,
        };
        return new BertModel(config, tokenizer, Rows(model, kept).For(config), sentence, model.Name);
    }

    private static int[] Choose(BertModel model, long[] counts, BertVocabularyTrimmingOptions options)
    {
        HashSet<int> required = [.. model.Tokenizer.RequiredIds(), .. Referenced(model)];
        int[] others =
        [
            .. Enumerable.Range(0, counts.Length).Where(id => counts[id] >= options.MinFrequency && !required.Contains(id))
                .OrderByDescending(id => counts[id]),
        ];
        if (options.VocabSize < required.Count)
            throw new ArgumentException(
                $"{nameof(options.VocabSize)} is {options.VocabSize}, but '{model.Name}' has {required.Count} special tokens, single " +
                "characters and bytes, which are always kept. Choose a larger number.", nameof(options));
        return [.. required.Concat(others[..Math.Min(others.Length, (options.VocabSize ?? int.MaxValue) - required.Count)]).Order()];
    }

    // Positions are counted from the id of the padding token, which therefore must not change.
    private static IEnumerable<int> Referenced(BertModel model) =>
        from id in Enumerable.Range(0, model.Config.Shape.PaddingPosition + 1 ?? 0).Append(model.Config.PadTokenId)
            .Concat(SourceIds(model.Config).SelectMany(field => field.Ids))
        where model.Tokenizer.Vocabulary[id] is not null
        select id;

    /// <summary>The fields of the source file that contain ids of tokens.</summary>
    private static IEnumerable<(string Name, int[] Ids)> SourceIds(BertConfig config) =>
        from field in JsonNode.Parse(config.Source ?? "{}")!.AsObject()
        where field.Key.EndsWith(IdSuffix, StringComparison.Ordinal)
        let ids = field.Value is JsonArray list ? (IEnumerable<JsonNode?>)list : [field.Value]
        select (field.Key, ids.OfType<JsonValue>().Where(id => id.TryGetValue(out int _)).Select(id => id.GetValue<int>()).ToArray());

    private static BertConfig ConfigOf(BertModel model, BertTokenizer tokenizer, int[] kept)
    {
        BertConfig config = model.Config;
        int padding = Array.IndexOf(kept, config.PadTokenId) is var place and >= 0 ? place : tokenizer.PadTokenId;
        if (config.Shape.PaddingPosition is not null && padding != config.PadTokenId)
            throw new NotSupportedException(
                $"The vocabulary of '{model.Name}' cannot be trimmed, because the positions of its tokens depend on pad_token_id " +
                $"({config.PadTokenId}), and a lower id has no token. Use a checkpoint whose vocabulary has no gaps.");
        string? source = config.Source;
        if (source is not null)
        {
            JsonObject fields = JsonNode.Parse(source)!.AsObject();
            foreach ((string name, int[] ids) in SourceIds(config))
            {
                JsonNode?[] places = [.. ids.Select(id => Array.IndexOf(kept, id)).Where(id => id >= 0).Select(id => JsonValue.Create(id))];
                fields[name] = fields[name] is JsonArray ? new JsonArray(places) : places.FirstOrDefault();
            }
            source = fields.ToJsonString();
        }
        return config with { VocabSize = kept.Length, PadTokenId = padding, Source = source };
    }

    /// <summary>Returns the weights with the kept rows of all that have a row for each token.</summary>
    private static BertWeights Rows(BertModel model, int[] kept)
    {
        BertConfig config = model.Config;
        HashSet<string> ofTokens =
        [
            CanonicalNames.WordEmbeddings, CanonicalNames.DecoderBias, CanonicalNames.DecoderLayer + ".bias",
            .. config.Family.Heads(config).SelectMany(head => head.Layers).Where(layer => layer.Name == CanonicalNames.DecoderLayer)
                .SelectMany(layer => layer.Tensors).Select(tensor => tensor.Name),
        ];
        return BertWeights.Create(
            model.Weights!.Names.Where(name => !(config.TieWordEmbeddings && name == CanonicalNames.Decoder)).Select(name =>
            {
                BertTensor tensor = model.Weights[name];
                return ofTokens.Contains(name) ? Rows(name, tensor, kept) : tensor.Rename(name);
            }), model.Weights.FileName);
    }

    private static BertTensor Rows(string name, BertTensor tensor, int[] kept)
    {
        var some = new BertTensor(name, tensor.Type, [kept.Length, .. tensor.Shape[1..]]);
        int size = tensor.Count / tensor.Shape[0] * tensor.Type.Size();
        for (int row = 0; row < kept.Length; row++)
            tensor.Bytes.Span.Slice(kept[row] * size, size).CopyTo(some.Writable.Span[(row * size)..]);
        return some;
    }
}
