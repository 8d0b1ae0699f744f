using System.Buffers;
using System.Runtime.InteropServices;
using Bert.MLNet.Encoders;
using Bert.MLNet.Pooling;
using Microsoft.ML;

namespace Bert.MLNet.Embeddings;

/// <summary>Text to vector: tokenization, encoding and pooling with fixed settings. Thread-safe.</summary>
internal sealed class TextEmbedder : IDisposable
{
    private readonly BertModel _model;
    private readonly EmbeddingSettings _settings;
    private readonly EncoderSession _session;
    private readonly int _width;
    private readonly int _lastHiddenState;
    private readonly int _lastLayersMean;
    private readonly long[] _textMask;
    private readonly IReadOnlyList<float>? _tokenWeights;

    public TextEmbedder(BertModel model, EmbeddingSettings settings)
    {
        _model = model;
        _settings = settings;
        _width = model.Config.HiddenSize;
        _textMask = TextMask(model, settings);
        _tokenWeights = model.Sentence.TokenWeights;

        var outputs = new List<EncoderOutput>();
        if (settings.Pooling != BertPooling.LastLayersMean)
            outputs.Add(settings.Pooling == BertPooling.Cls && model.Weights is not null ? EncoderOutput.FirstHiddenState : EncoderOutput.LastHiddenState);
        if (settings.Pooling.HasFlag(BertPooling.LastLayersMean))
            outputs.Add(EncoderOutput.LastLayersMean(settings.NumberOfLastLayers));
        _lastHiddenState = outputs.FindIndex(output => output.Kind is EncoderOutputKind.LastHiddenState or EncoderOutputKind.FirstHiddenState);
        _lastLayersMean = outputs.FindIndex(output => output.Kind == EncoderOutputKind.LastLayersMean);
        _session = EncoderSession.Acquire(model, new([.. outputs]));
    }

    public BertModel Model => _model;

    /// <summary>The number of values of a vector.</summary>
    public int Dimension => _settings.Dimension(_model);

    public static TextEmbedder Load(ModelLoadContext ctx)
    {
        BertModel model = BertModel.Load(ctx);
        return new TextEmbedder(model, EmbeddingSettings.Load(ctx.Reader, model));
    }

    public void Save(ModelSaveContext ctx)
    {
        _model.Save(ctx);
        _settings.Save(ctx.Writer);
    }

    /// <summary>Makes the tokens of an item whose text is set.</summary>
    public void Tokenize(TextItem item)
    {
        if (_settings.Prompt.Length == 0)
        {
            Tokenize(item, item.Text.Span);
            return;
        }
        char[] prompted = ArrayPool<char>.Shared.Rent(_settings.Prompt.Length + item.Text.Length);
        _settings.Prompt.CopyTo(prompted);
        item.Text.Span.CopyTo(prompted.AsSpan(_settings.Prompt.Length));
        Tokenize(item, prompted.AsSpan(0, _settings.Prompt.Length + item.Text.Length));
        ArrayPool<char>.Shared.Return(prompted);
    }

    /// <summary>Computes the vectors of tokenized items, the longest first.</summary>
    public void Run(ReadOnlySpan<TextItem> items)
    {
        using EncoderBatch batch = _session.Rent(items.Length, items[0].Length);
        for (int row = 0; row < items.Length; row++)
            batch.Fill(row, CollectionsMarshal.AsSpan(items[row].Ids), items[row].Length);
        batch.Run();
        for (int row = 0; row < items.Length; row++)
            Pool(batch, row, items[row]);
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Where a checkpoint leaves the prompt out of pooling: 0 for its tokens with [CLS], 1 for the text's. Else empty.</summary>
    private static long[] TextMask(BertModel model, EmbeddingSettings settings)
    {
        if (settings.IncludePrompt || settings.Prompt.Length == 0 || settings.Pooling == BertPooling.Cls)
            return [];
        long[] mask = new long[settings.MaxLength];
        Array.Fill(mask, 1);
        mask.AsSpan(0, Math.Min(mask.Length, model.Tokenizer.CountTokens(settings.Prompt) + 1)).Clear();
        return mask;
    }

    private void Tokenize(TextItem item, ReadOnlySpan<char> text)
    {
        item.Ids.Clear();
        _model.Tokenizer.EncodeTo(text, default, hasPair: false, _settings.MaxLength, BertTruncation.OnlyFirst, item.Ids, out _);
    }

    private void Pool(EncoderBatch batch, int row, TextItem item)
    {
        if (item.Vector.Length == 0)
            item.Vector = new float[Dimension];
        ReadOnlySpan<long> mask = _textMask.AsSpan(0, Math.Min(item.Length, _textMask.Length));
        float[] weights = ArrayPool<float>.Shared.Rent(item.Length);
        HiddenStatePooler.Pool(_settings.Pooling, _settings.Normalize, _width,
            States(batch, _lastHiddenState, row, item.Length), States(batch, _lastLayersMean, row, item.Length), mask, Weights(item, weights), cls: 0, item.Vector);
        ArrayPool<float>.Shared.Return(weights);
    }

    /// <summary>How much each token of the item counts; empty if all count the same.</summary>
    private ReadOnlySpan<float> Weights(TextItem item, Span<float> buffer)
    {
        if (_tokenWeights is null)
            return default;
        for (int i = 0; i < item.Length; i++)
            buffer[i] = _tokenWeights[item.Ids[i]];
        return buffer[..item.Length];
    }

    /// <summary>The hidden states of a row without its padding, or of its first token; none if the session does not compute them.</summary>
    private ReadOnlySpan<float> States(EncoderBatch batch, int output, int row, int length)
    {
        ReadOnlySpan<float> states = output < 0 ? default : batch.Output(output, row);
        return states[..Math.Min(states.Length, length * _width)];
    }
}
