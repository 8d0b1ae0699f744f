using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Bert.MLNet.Models;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Tests.Generation;

/// <summary>A small seeded model with a decoder of another size, which writes texts of different lengths.</summary>
internal static class TinySequences
{
    private static readonly Lazy<BertModel> s_bert = new(() => Create("BertModel")), s_roberta = new(() => Create("RobertaModel"));

    public static BertModel Model => s_bert.Value;

    public static BertModel Of(string architecture) => architecture == "BertModel" ? s_bert.Value : s_roberta.Value;

    /// <summary>Tokens of sources of different lengths, the longest first.</summary>
    public static IReadOnlyList<int[]> Sources(BertModel model) =>
    [
        .. new[] { "i hate this phone and the battery is very poor but the screen is good", "the film is great , so i love it !",
            "a book for 9 days", "bad" }
            .Select(text => model.Tokenizer.Encode(text).Ids.ToArray()),
    ];

    public static TokenSequence<GeneratedSequence[]> Source(IReadOnlyList<int> ids)
    {
        var source = new TokenSequence<GeneratedSequence[]> { PairStart = ids.Count };
        source.Ids.AddRange(ids);
        return source;
    }

    // Weights that differ enough for texts to end at different tokens.
    private static BertModel Create(string architecture)
    {
        BertModel encoder = new TinyCheckpoint { Architecture = architecture, Seed = "sequences" }.Load();
        BertModel model = encoder.WithDecoder(new BertDecoderOptions { HiddenSize = 24, NumAttentionHeads = 3, NumHiddenLayers = 2,
            IntermediateSize = 40 });
        BertDecoder decoder = model.Decoder!;
        BertWeights weights = BertWeights.Create(decoder.Weights.Names.Where(name => name != CanonicalNames.Decoder).Select(name =>
        {
            int[] shape = decoder.Weights[name].Shape;
            bool norm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            return (name, shape, SeededWeights.Values("decoder/" + name, decoder.Weights[name].Count, norm ? 0.05 : shape.Length == 2
                ? 1.2 / Math.Sqrt(shape[1]) : 0.5, norm ? 1 : 0));
        }));
        return new BertModel(model.Config, model.Tokenizer, model.Weights, model.Sentence, "sequences") { Decoder = decoder.With(weights) };
    }
}
