using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// Texts that a decoder continues at the same time, and their memory, which is reused: keys and values of the sources, which are computed
/// once, and those of the texts' tokens, which each step extends. For one thread at a time.
/// </summary>
internal sealed class DecoderBatch : IDisposable
{
    private readonly DecoderSession _session;
    private readonly PinnedBuffer<float> _states = new(), _bias = new(), _scores = new();
    private readonly PinnedBuffer<long> _rows = new(), _tokens = new(), _places = new(), _parents = new();
    private readonly PinnedBuffer<float>[] _sources, _attention;
    private PinnedBuffer<float>[] _past, _next;
    private readonly int _heads, _size, _vocabulary;

    public DecoderBatch(DecoderSession session)
    {
        _session = session;
        BertConfig config = session.Decoder.Config;
        (_heads, _vocabulary) = (config.NumAttentionHeads, config.VocabSize);
        _size = config.HiddenSize / _heads;
        _sources = Buffers();
        _past = Buffers();
        _next = Buffers();
        _attention = session.Attends ? [.. _sources.Take(config.NumHiddenLayers).Select(_ => new PinnedBuffer<float>())] : [];

        PinnedBuffer<float>[] Buffers() =>
            [.. Enumerable.Range(0, 2 * config.NumHiddenLayers).Select(_ => new PinnedBuffer<float>())];
    }

    /// <summary>The number of sources.</summary>
    public int Sources { get; private set; }

    /// <summary>The number of tokens of the longest source.</summary>
    public int SourceLength { get; private set; }

    /// <summary>The number of texts.</summary>
    public int Texts { get; private set; }

    /// <summary>The number of tokens of each text so far.</summary>
    public int Tokens { get; private set; }

    /// <summary>Starts texts: computes the keys and values of their sources.</summary>
    /// <param name="batch">The computed sources; the only output is their last hidden states.</param>
    /// <param name="lengths">The number of tokens of each row.</param>
    /// <param name="rows">The row of each source. A row can have several texts that do not depend on each other.</param>
    public void Begin(EncoderBatch batch, ReadOnlySpan<int> lengths, ReadOnlySpan<int> rows)
    {
        (Sources, SourceLength, Texts, Tokens) = (rows.Length, batch.Length, rows.Length, 0);
        int width = _session.Width, length = SourceLength;
        _states.Reserve(checked(batch.Rows * length * width));
        for (int row = 0; row < batch.Rows; row++)
            batch.Output(0, row).CopyTo(_states.Items[(row * length * width)..]);
        _rows.Reserve(Sources);
        _bias.Reserve(checked(Sources * length));
        _bias.Items.Clear();
        for (int source = 0; source < Sources; source++)
        {
            _rows.Items[source] = rows[source];
            _bias.Items.Slice(source * length, length)[lengths[rows[source]]..].Fill(float.MinValue);
        }
        foreach (PinnedBuffer<float> kept in _sources)
            kept.Reserve(checked(Sources * length * _heads * _size));
        foreach (PinnedBuffer<float> kept in _past)
            kept.Reserve(1);
        OrtValue[] inputs =
        [
            DecoderSession.Value(_states, TensorElementType.Float, batch.Rows, length, width),
            DecoderSession.Value(_rows, TensorElementType.Int64, Sources),
        ];
        OrtValue[] outputs = SourceValues();
        try
        {
            _session.RunSources(inputs, outputs);
        }
        finally
        {
            Release(inputs, outputs);
        }
    }

    /// <summary>Keeps some of the sources. The parents of the next step are still numbered as in the last one.</summary>
    /// <param name="sources">Their numbers, in ascending order.</param>
    public void Keep(ReadOnlySpan<int> sources)
    {
        int perSource = SourceLength * _heads * _size;
        for (int place = 0; place < sources.Length; place++)
        {
            int source = sources[place];
            if (source == place)
                continue;
            foreach (PinnedBuffer<float> kept in _sources)
                kept.Items.Slice(source * perSource, perSource).CopyTo(kept.Items[(place * perSource)..]);
            _bias.Items.Slice(source * SourceLength, SourceLength).CopyTo(_bias.Items[(place * SourceLength)..]);
        }
        Sources = sources.Length;
    }

    /// <summary>Adds a token to each text and computes the scores of the next ones.</summary>
    /// <param name="tokens">The token of each text. All sources have the same number of texts, one after another.</param>
    /// <param name="parents">The text of the last step that each continues; ignored in the first step.</param>
    public void Step(ReadOnlySpan<int> tokens, ReadOnlySpan<int> parents)
    {
        int before = Texts;
        BertConfig config = _session.Decoder.Config;
        Texts = tokens.Length;
        foreach (PinnedBuffer<long> numbers in (PinnedBuffer<long>[])[_tokens, _places, _parents])
            numbers.Reserve(Texts);
        for (int text = 0; text < Texts; text++)
        {
            _tokens.Items[text] = tokens[text];
            _places.Items[text] = config.Shape.PaddingPosition == tokens[text] ? tokens[text] : Tokens + config.Shape.ReservedPositions;
            _parents.Items[text] = Tokens == 0 ? 0 : parents[text];
        }
        _scores.Reserve(checked(Texts * _vocabulary));
        foreach (PinnedBuffer<float> kept in _next)
            kept.Reserve(checked(Texts * (Tokens + 1) * _heads * _size));
        foreach (PinnedBuffer<float> attention in _attention)
            attention.Reserve(checked(Texts * _heads * SourceLength));
        OrtValue[] inputs =
        [
            DecoderSession.Value(_tokens, TensorElementType.Int64, Texts), DecoderSession.Value(_places, TensorElementType.Int64, Texts),
            DecoderSession.Value(_parents, TensorElementType.Int64, Texts),
            DecoderSession.Value(_bias, TensorElementType.Float, Sources, 1, 1, SourceLength), .. SourceValues(),
            .. Array.ConvertAll(_past, past =>
                DecoderSession.Value(past, TensorElementType.Float, Tokens == 0 ? 1 : before, _heads, Tokens, _size)),
        ];
        OrtValue[] outputs =
        [
            DecoderSession.Value(_scores, TensorElementType.Float, Texts, _vocabulary),
            .. Array.ConvertAll(_next, next => DecoderSession.Value(next, TensorElementType.Float, Texts, _heads, Tokens + 1, _size)),
            .. Array.ConvertAll(_attention, attention => DecoderSession.Value(
                attention, TensorElementType.Float, Sources, _heads, Texts / Sources, SourceLength)),
        ];
        try
        {
            _session.RunStep(inputs, outputs);
        }
        finally
        {
            Release(inputs, outputs);
        }
        (_past, _next) = (_next, _past);
        Tokens++;
    }

    /// <summary>The scores of the next token of each text after <see cref="Step"/>, before softmax. They can be overwritten.</summary>
    public Span<float> Scores(int text) => _scores.Items.Slice(text * _vocabulary, _vocabulary);

    /// <summary>
    /// The probabilities with which each text's last token attends to its source in a layer after <see cref="Step"/>, [sources, heads,
    /// texts of a source, tokens of a source], if the session computes them.
    /// </summary>
    public Span<float> Attention(int layer) => _attention[layer].Items;

    public void Dispose() => _session.Return(this);

    // Keys and values alternate.
    private OrtValue[] SourceValues()
    {
        var values = new OrtValue[_sources.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % 2 == 0
                ? DecoderSession.Value(_sources[i], TensorElementType.Float, Sources, _heads, _size, SourceLength)
                : DecoderSession.Value(_sources[i], TensorElementType.Float, Sources, _heads, SourceLength, _size);
        }
        return values;
    }

    private static void Release(OrtValue[] inputs, OrtValue[] outputs)
    {
        foreach (OrtValue value in inputs)
            value.Dispose();
        foreach (OrtValue value in outputs)
            value.Dispose();
    }
}
