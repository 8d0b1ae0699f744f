using Bert.MLNet.Attention;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;

namespace Bert.MLNet;

/// <summary>
/// The attention of a decoder to its source for one text, with the probabilities of every layer and head, as numbers and as pictures.
/// Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The probabilities are softmax(q·kᵀ / √d) (Vaswani et al., 2017), like the <c>cross_attentions</c> of HuggingFace's classes. The memory
/// is 4 bytes × layers × heads × tokens of the text × tokens of the source.
/// </remarks>
public sealed class BertCrossAttention
{
    private readonly AttentionValues _values;

    private BertCrossAttention(AttentionValues values) => _values = values;

    /// <summary>The tokens of the source, including special tokens.</summary>
    public IReadOnlyList<string> SourceTokens => _values.Keys;

    /// <summary>
    /// The tokens of the text, including the end token. The attention of each is that from which it was predicted, when the tokens before
    /// it were known.
    /// </summary>
    public IReadOnlyList<string> Tokens => _values.Queries;

    /// <summary>The number of layers of the decoder.</summary>
    public int NumberOfLayers => _values.Layers;

    /// <summary>The number of heads of a layer.</summary>
    public int NumberOfHeads => _values.Heads;

    /// <summary>Gets the probability, from 0 to 1, with which a token of the text attends to one of the source.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the token in the text.</param>
    /// <param name="key">The position of the token in the source.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public float this[int layer, int head, int query, int key] => _values[layer, head, query, key];

    /// <summary>
    /// Computes the attention of a checkpoint's decoder while it writes a text. Each call opens sessions, so keep the result.
    /// </summary>
    /// <param name="model">The checkpoint, with a decoder.</param>
    /// <param name="source">The source, cut off at the checkpoint's limit; null is treated as empty.</param>
    /// <param name="text">
    /// The text to write, cut off at the positions of the decoder; null (the default) for the one that the decoder writes by its
    /// <see cref="BertDecoder.Generation"/>.
    /// </param>
    /// <exception cref="NotSupportedException">The checkpoint has no decoder.</exception>
    public static BertCrossAttention Compute(BertModel model, string? source, string? text = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        BertDecoder decoder = model.RequireDecoder();
        BertEncoding encoding = model.Tokenizer.Encode(
            source, options: new BertEncodeOptions { MaxLength = model.MaxSequenceLength, Truncation = BertTruncation.LongestFirst });
        var read = new TokenSequence<GeneratedSequence[]> { PairStart = encoding.Length };
        read.Ids.AddRange(encoding.Ids);
        using var generator = new TextGenerator(model, attends: true);
        int[] ids = text is null ? Generate(generator, read, decoder) : Given(text, decoder);
        float[] probabilities = generator.AttentionOf(read, ids[..^1]);
        return new BertCrossAttention(new AttentionValues(
            [.. ids.Skip(1).Select(id => decoder.Tokenizer.Vocabulary[id] ?? decoder.Tokenizer.Options.UnknownToken)],
            [.. encoding.Tokens], decoder.Config.NumHiddenLayers, decoder.Config.NumAttentionHeads, probabilities));
    }

    /// <summary>Gets the attention of one token of the text to the source, as probabilities that add up to 1.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the token in the text.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public ReadOnlySpan<float> Of(int layer, int head, int query) => _values.Of(layer, head, query);

    /// <summary>Gets the probabilities of a head, or means over several. Rows are tokens of the text, and columns of the source.</summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public IReadOnlyList<float[]> Mean(int? layer = null, int? head = null) => _values.Mean(layer, head);

    /// <summary>
    /// Draws a heat map as an SVG image. Rows are tokens of the text, columns are tokens of the source, and each cell's tooltip is its
    /// value.
    /// </summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public string ToSvg(int? layer = null, int? head = null) =>
        AttentionHeatMap.Labelled(Tokens, SourceTokens, Mean(layer, head)).ToString();

    /// <summary>
    /// Creates an HTML page with heat maps. It shows the mean of the last layer's heads, and a small one for every head of every layer. The
    /// page needs no other file and no script.
    /// </summary>
    public string ToHtml() => AttentionHeatMap.Page(
        "Attention to the source", _values,
        "Each row shows how the decoder distributed its attention over the tokens of the source when it wrote a token.",
        [string.Join(' ', SourceTokens), string.Join(' ', Tokens)]);

    private static int[] Generate(TextGenerator generator, TokenSequence<GeneratedSequence[]> source, BertDecoder decoder)
    {
        generator.Run([source], decoder.Generation);
        return source.Kept is [{ Ids: { Length: > 1 } ids }, ..] ? ids : Given("", decoder);
    }

    private static int[] Given(string text, BertDecoder decoder)
    {
        List<int> ids = [decoder.StartTokenId];
        decoder.Tokenizer.EncodeTo(text, ids);
        return [.. ids.Take(decoder.Config.MaxTokens - 1), decoder.EndTokenId];
    }
}
