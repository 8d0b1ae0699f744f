using System.Buffers;
using Bert.MLNet.Encoders;
using Bert.MLNet.Pooling;

namespace Bert.MLNet.Embeddings;

/// <summary>Turns a text into a vector by tokenization, encoding and pooling with fixed options. Thread-safe.</summary>
internal sealed class TextEmbedder : TextStep<VectorRow, TokenSequence<float[]>>
{
    private readonly BertEmbeddingOptions _options;
    private readonly int _width;
    private readonly int _lastHiddenState;
    private readonly int _lastLayersMean;
    private readonly long[] _textMask;
    private readonly IReadOnlyList<float>? _tokenWeights;
    private readonly PromptedTexts _texts;
    private readonly VectorChain _chain;

    /// <param name="options">The resolved options.</param>
    public TextEmbedder(BertEmbeddingOptions options) : base(options.Checkpoint, Outputs(options.Checkpoint, options))
    {
        BertModel model = options.Checkpoint;
        _options = options;
        _width = model.Config.HiddenSize;
        _textMask = TextMask(model, options);
        _tokenWeights = model.Sentence.TokenWeights;
        _texts = new PromptedTexts(options.Prompt!, (text, sequence) => Encode(options, text, sequence));
        _chain = new VectorChain(options.Layers, options.PooledSize, options.Normalize!.Value);

        _lastHiddenState = options.Pooling == BertPooling.LastLayersMean ? -1 : 0;
        _lastLayersMean = options.Pooling!.Value.HasFlag(BertPooling.LastLayersMean) ? _lastHiddenState + 1 : -1;
    }

    /// <summary>Opens the encoder of a checkpoint, its graph that pools, or its table of static embeddings.</summary>
    /// <param name="options">The resolved options.</param>
    public static TextWork<VectorRow, TokenSequence<float[]>> Open(BertEmbeddingOptions options) =>
        options.Checkpoint.Table is { } table ? new StaticEmbedder(options, table)
        : options.IsPooledByGraph ? new GraphEmbedder(options)
        : new TextEmbedder(options);

    /// <summary>Tokenizes a text with its prompt.</summary>
    /// <param name="options">The resolved options.</param>
    /// <param name="text">The text.</param>
    /// <param name="sequence">Receives the tokens.</param>
    public static void Encode(BertEmbeddingOptions options, ReadOnlySpan<char> text, TokenSequence<float[]> sequence)
    {
        options.Checkpoint.Tokenizer.EncodeTo(
            text, default, hasPair: false, options.MaxLength!.Value, BertTruncation.OnlyFirst, sequence.Ids, out int pairStart);
        sequence.PairStart = pairStart;
    }

    protected override void Tokenize(VectorRow row, bool hasPair) => _texts.Tokenize(row, hasPair);

    protected override void Keep(TokenSequence<float[]> sequence, SequenceOutputs outputs)
    {
        sequence.Kept ??= new float[_options.Dimension];
        int length = sequence.Length;
        ReadOnlySpan<long> mask = _textMask.AsSpan(0, Math.Min(length, _textMask.Length));
        float[] weights = ArrayPool<float>.Shared.Rent(length), pooled = ArrayPool<float>.Shared.Rent(_options.PooledSize);
        Span<float> vector = pooled.AsSpan(0, _options.PooledSize);
        HiddenStatePooler.Pool(_options.Pooling!.Value, normalize: false, _width,
            States(outputs, _lastHiddenState, length), States(outputs, _lastLayersMean, length), mask, Weights(sequence, weights), cls: 0,
            vector);
        _chain.Apply(vector, sequence.Kept);
        ArrayPool<float>.Shared.Return(pooled);
        ArrayPool<float>.Shared.Return(weights);
    }

    /// <summary>The outputs of the encoder that the pooling reads.</summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">The resolved options.</param>
    public static EncoderOutputSet Outputs(BertModel model, BertEmbeddingOptions options)
    {
        bool readsFirst = options.Pooling == BertPooling.Cls && model.Weights is not null;
        EncoderOutput lastHiddenState = readsFirst ? EncoderOutput.FirstHiddenState : EncoderOutput.LastHiddenState;
        EncoderOutput lastLayersMean = EncoderOutput.LastLayersMean(options.NumberOfLastLayers!.Value);
        if (options.Pooling == BertPooling.LastLayersMean)
            return new(lastLayersMean);
        return options.Pooling!.Value.HasFlag(BertPooling.LastLayersMean) ? new(lastHiddenState, lastLayersMean) : new(lastHiddenState);
    }

    /// <summary>
    /// The number of tokens that checkpoints exclude from pooling, [CLS] and those of the prompt; 0 if they pool all tokens.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">The resolved options.</param>
    public static int SkippedTokens(BertModel model, BertEmbeddingOptions options) =>
        options.IncludePrompt == true || options.Prompt!.Length == 0 || options.Pooling == BertPooling.Cls
            ? 0
            : model.Tokenizer.CountTokens(options.Prompt) + 1;

    /// <summary>The mask of tokens: 0 for those that are skipped, 1 for the text. Empty if none is skipped.</summary>
    private static long[] TextMask(BertModel model, BertEmbeddingOptions options)
    {
        int skipped = SkippedTokens(model, options);
        if (skipped == 0)
            return [];
        long[] mask = new long[options.MaxLength!.Value];
        Array.Fill(mask, 1);
        mask.AsSpan(0, Math.Min(mask.Length, skipped)).Clear();
        return mask;
    }

    /// <summary>Returns the weight of each token, or an empty span if all weigh the same.</summary>
    private ReadOnlySpan<float> Weights(TokenSequence<float[]> sequence, Span<float> buffer)
    {
        if (_tokenWeights is null)
            return default;
        for (int i = 0; i < sequence.Length; i++)
            buffer[i] = _tokenWeights[sequence.Ids[i]];
        return buffer[..sequence.Length];
    }

    /// <summary>
    /// Returns the hidden states of a sequence without padding, or of its first token. Empty if the session does not compute them.
    /// </summary>
    private ReadOnlySpan<float> States(SequenceOutputs outputs, int output, int length)
    {
        ReadOnlySpan<float> states = output < 0 ? default : outputs[output];
        return states[..Math.Min(states.Length, length * _width)];
    }
}
