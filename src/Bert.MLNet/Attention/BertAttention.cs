using Bert.MLNet.Attention;
using Bert.MLNet.Encoders;

namespace Bert.MLNet;

/// <summary>
/// The attention probabilities of every layer and head for one text, as numbers and as pictures. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// The probabilities are softmax(q·kᵀ / √d) (Vaswani et al., 2017), like the results of <c>output_attentions=True</c> in HuggingFace's
/// classes. For a whole column of texts, use <see cref="BertEncoderEstimator.Options.AttentionsLayers"/>. The memory is 4 bytes × layers
/// × heads × tokens².
/// </remarks>
public sealed class BertAttention
{
    private readonly AttentionValues _values;

    private BertAttention(AttentionValues values) => _values = values;

    /// <summary>The tokens, including special tokens.</summary>
    public IReadOnlyList<string> Tokens => _values.Keys;

    /// <summary>The number of layers of the checkpoint.</summary>
    public int NumberOfLayers => _values.Layers;

    /// <summary>The number of heads of a layer.</summary>
    public int NumberOfHeads => _values.Heads;

    /// <summary>Gets the probability, from 0 to 1, with which one token attends to another.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the attending token.</param>
    /// <param name="key">The position of the token that is attended to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public float this[int layer, int head, int query, int key] => _values[layer, head, query, key];

    /// <summary>Computes the attention of a checkpoint for a text. Each call opens a session, so keep the result.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="text">The text, cut off at the checkpoint's limit; null is treated as empty.</param>
    /// <param name="pair">A second text, or null.</param>
    /// <exception cref="NotSupportedException">The checkpoint is an ONNX graph without attention outputs.</exception>
    public static BertAttention Compute(BertModel model, string? text, string? pair = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        BertEncoding encoding = model.Tokenizer.Encode(
            text, pair, new BertEncodeOptions { MaxLength = model.MaxSequenceLength, Truncation = BertTruncation.LongestFirst });
        int layers = model.Config.Attentions;
        using EncoderSession session =
            EncoderSession.Acquire(model, new([.. Enumerable.Range(0, layers).Select(EncoderOutput.Attentions)]));
        using EncoderBatch batch = session.Rent(1, encoding.Length);
        batch.Fill(0, [.. encoding.Ids], encoding.TypeStart);
        batch.Run();
        float[] probabilities = [.. Enumerable.Range(0, layers).SelectMany(layer => batch.Output(layer, 0).ToArray())];
        string[] tokens = [.. encoding.Tokens];
        return new BertAttention(new AttentionValues(tokens, tokens, layers, model.Config.NumAttentionHeads, probabilities));
    }

    /// <summary>Gets the attention of one token to all tokens, as probabilities that add up to 1.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the attending token.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public ReadOnlySpan<float> Of(int layer, int head, int query) => _values.Of(layer, head, query);

    /// <summary>Gets the probabilities of a head, or means over several. Rows are query tokens, and columns are key tokens.</summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public IReadOnlyList<float[]> Mean(int? layer = null, int? head = null) => _values.Mean(layer, head);

    /// <summary>
    /// Draws a heat map as an SVG image. Rows are query tokens, columns are key tokens, and each cell's tooltip is its value.
    /// </summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public string ToSvg(int? layer = null, int? head = null) =>
        AttentionHeatMap.Labelled(Tokens, Tokens, Mean(layer, head)).ToString();

    /// <summary>
    /// Creates an HTML page with heat maps of the attention. It shows the mean of the last layer's heads, and a small one for every head of
    /// every layer. The page needs no other file and no script.
    /// </summary>
    public string ToHtml() => AttentionHeatMap.Page(
        "Attention", _values, "Each row shows how one token distributes its attention over all tokens.", [string.Join(' ', Tokens)]);
}
