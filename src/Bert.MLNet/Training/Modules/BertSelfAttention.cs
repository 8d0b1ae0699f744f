using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Multi-head scaled dot-product self-attention, and attention of a decoder's tokens to those of a source.</summary>
/// <remarks>
/// Implemented explicitly, because the backward pass of libtorch's fused kernel is four times slower in bfloat16 at typical lengths.
/// </remarks>
internal sealed class BertSelfAttention : ExplicitModule
{
    private readonly Dense _query, _key, _value;
    private readonly ScalarType _precision;
    private readonly int _heads;
    private readonly double _scale, _dropout;
    private readonly double? _rotaryBase;
    private readonly int? _window;
    private readonly DisentangledScores? _disentangled;

    public BertSelfAttention(BertConfig config, int layer, ScalarType precision) : base(nameof(BertSelfAttention))
    {
        bool hasBias = config.Shape.AttentionHasBias;
        (_rotaryBase, _window) = (config.Shape.RotaryBase(layer), config.Shape.Window(layer));
        _query = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision, hasBias);
        _key = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision, hasBias);
        _value = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision, hasBias);
        _precision = precision;
        _heads = config.NumAttentionHeads;
        _scale = 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads * config.Shape.ScoreScale);
        _dropout = config.AttentionProbsDropoutProb;
        register_module("query", _query);
        register_module("key", _key);
        register_module("value", _value);
        if (config.Shape.Disentangled is { } disentangled)
            _disentangled = new DisentangledScores(disentangled, config, precision, this, _key, _query);
    }

    /// <returns>The result for each token, [tokens, hidden].</returns>
    /// <param name="hidden">The hidden states, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows. A token attends only to tokens of its row.</param>
    public Tensor Forward(Tensor hidden, PackedTokens tokens)
    {
        hidden = hidden.to(_precision); // once for all three products
        return tokens.FromRows(Attend(tokens.ToRows(Turn(_query.Forward(hidden), tokens)), hidden, tokens));
    }

    /// <summary>Computes the attention of a decoder's tokens to the tokens of the source of their row.</summary>
    /// <returns>The result for each token, [tokens, hidden].</returns>
    /// <param name="hidden">The hidden states of the decoder's tokens, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    /// <param name="states">The hidden states of the sources' tokens.</param>
    /// <param name="source">The division of the sources' tokens into the same rows.</param>
    public Tensor Cross(Tensor hidden, PackedTokens tokens, Tensor states, PackedTokens source) =>
        tokens.FromRows(Attend(tokens.ToRows(_query.Forward(hidden)), states.to(_precision), source));

    /// <summary>Computes attention for the first token of each row only, which is at position 0 and therefore not rotated.</summary>
    /// <returns>The result for each first token, [rows, hidden].</returns>
    /// <param name="first">The hidden states of the first tokens, [rows, hidden].</param>
    /// <param name="hidden">The hidden states of all tokens, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor FirstToken(Tensor first, Tensor hidden, PackedTokens tokens) => _disentangled is null
        ? Attend(_query.Forward(first).unsqueeze(1), hidden.to(_precision), tokens).squeeze(1)
        : tokens.First(Forward(hidden, tokens));

    // Queries and the result are [rows, queries of a row, hidden].
    private Tensor Attend(Tensor queries, Tensor hidden, PackedTokens tokens)
    {
        Tensor split = Split(queries).Times(_scale), keys = Split(tokens.ToRows(Turn(_key.Forward(hidden), tokens)));
        Tensor values = Split(tokens.ToRows(_value.Forward(hidden)));
        AttentionWindow? window = _window is { } size ? tokens.Window(size) : null;
        Tensor context = window is { IsDivided: true } && split.shape[1] == tokens.Length
            ? window.Attend(split, keys, values, ToProbabilities)
            : ToProbabilities(Scores(split, keys, window, tokens)).flatten(0, 1).bmm(values);
        return context.view(queries.shape[0], _heads, queries.shape[1], -1).transpose(1, 2).reshape(queries.shape);
    }

    private Tensor ToProbabilities(Tensor scores) => functional.softmax(scores, -1).Dropout(_dropout, training);

    // [rows, heads, queries of a row, length]
    private Tensor Scores(Tensor queries, Tensor keys, AttentionWindow? window, PackedTokens tokens)
    {
        long count = queries.shape[1]; // all tokens, or the first
        Tensor scores = queries.bmm(keys.transpose(1, 2)).view(-1, _heads, count, keys.shape[1]);
        if (_disentangled is not null)
            scores = _disentangled.AddTo(scores, queries, keys, _scale, tokens, training);
        if (tokens.PositionBias is { } positions)
            scores = scores.Plus(positions.narrow(2, 0, count));
        if (window is not null)
            scores = scores.Plus(window.Bias.narrow(2, 0, count));
        return tokens.AttentionBias is { } bias ? scores.Plus(bias) : scores;
    }

    private Tensor Turn(Tensor values, PackedTokens tokens) => _rotaryBase is { } known ? tokens.Rotations[known].Apply(values) : values;

    // From [rows, length, hidden] to [rows × heads, length, hidden / heads]. Copied once, because a product would copy transposed keys
    // again.
    private Tensor Split(Tensor x) =>
        x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2).reshape(x.shape[0] * _heads, x.shape[1], -1);
}
