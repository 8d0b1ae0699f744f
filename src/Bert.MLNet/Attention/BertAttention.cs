using System.Numerics.Tensors;
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
    private readonly float[] _probabilities; // [layers, heads, tokens, tokens]

    private BertAttention(IReadOnlyList<string> tokens, int layers, int heads, float[] probabilities)
    {
        (Tokens, NumberOfLayers, NumberOfHeads) = (tokens, layers, heads);
        _probabilities = probabilities;
    }

    /// <summary>The tokens, including special tokens.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The number of layers of the checkpoint.</summary>
    public int NumberOfLayers { get; }

    /// <summary>The number of heads of a layer.</summary>
    public int NumberOfHeads { get; }

    /// <summary>Gets the probability, from 0 to 1, with which one token attends to another.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the attending token.</param>
    /// <param name="key">The position of the token that is attended to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public float this[int layer, int head, int query, int key]
    {
        get
        {
            Check(key, Tokens.Count, nameof(key));
            return Of(layer, head, query)[key];
        }
    }

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
        return new BertAttention([.. encoding.Tokens], layers, model.Config.NumAttentionHeads, probabilities);
    }

    /// <summary>Gets the attention of one token to all tokens, as probabilities that add up to 1.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="query">The position of the attending token.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer, head or token does not exist.</exception>
    public ReadOnlySpan<float> Of(int layer, int head, int query)
    {
        Check(layer, NumberOfLayers, nameof(layer));
        Check(head, NumberOfHeads, nameof(head));
        Check(query, Tokens.Count, nameof(query));
        return _probabilities.AsSpan(((layer * NumberOfHeads + head) * Tokens.Count + query) * Tokens.Count, Tokens.Count);
    }

    /// <summary>Gets the probabilities of a head, or means over several. Rows are query tokens, and columns are key tokens.</summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public IReadOnlyList<float[]> Mean(int? layer = null, int? head = null)
    {
        int[] layers = layer is { } one ? [one] : [.. Enumerable.Range(0, NumberOfLayers)];
        int[] heads = head is { } other ? [other] : [.. Enumerable.Range(0, NumberOfHeads)];
        float[][] rows = [.. Tokens.Select(_ => new float[Tokens.Count])];
        for (int query = 0; query < rows.Length; query++)
        {
            foreach (int l in layers)
            {
                foreach (int h in heads)
                    TensorPrimitives.MultiplyAdd(Of(l, h, query), 1f / (layers.Length * heads.Length), rows[query], rows[query]);
            }
        }
        return rows;
    }

    /// <summary>
    /// Draws a heat map as an SVG image. Rows are query tokens, columns are key tokens, and each cell's tooltip is its value.
    /// </summary>
    /// <param name="layer">The layer, from 0, or null for the mean of all.</param>
    /// <param name="head">The head, from 0, or null for the mean of all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The layer or head does not exist.</exception>
    public string ToSvg(int? layer = null, int? head = null) => AttentionHeatMap.Labelled(Tokens, Mean(layer, head)).ToString();

    /// <summary>
    /// Creates an HTML page with heat maps of the attention. It shows the mean of the last layer's heads, and a small one for every head of
    /// every layer. The page needs no other file and no script.
    /// </summary>
    public string ToHtml() => AttentionHeatMap.Page(this);

    private static void Check(int value, int count, string name)
    {
        if (value < 0 || value >= count)
            throw new ArgumentOutOfRangeException(name, $"There is no {name} {value}; valid values are 0 to {count - 1}.");
    }
}
