using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Multi-head scaled dot-product self-attention.</summary>
/// <remarks>
/// Implemented explicitly, because the backward pass of libtorch's fused kernel is four times slower in bfloat16 at typical
/// lengths.
/// </remarks>
internal sealed class BertSelfAttention : ExplicitModule
{
    private readonly Dense _query, _key, _value;
    private readonly ScalarType _precision;
    private readonly int _heads;
    private readonly double _scale, _dropout;

    public BertSelfAttention(BertConfig config, ScalarType precision) : base(nameof(BertSelfAttention))
    {
        _query = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _key = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _value = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _precision = precision;
        _heads = config.NumAttentionHeads;
        _scale = 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads);
        _dropout = config.AttentionProbsDropoutProb;
        register_module("query", _query);
        register_module("key", _key);
        register_module("value", _value);
    }

    /// <returns>[tokens, hidden].</returns>
    /// <param name="hidden">[tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows, which attend to themselves.</param>
    public Tensor Forward(Tensor hidden, PackedTokens tokens)
    {
        hidden = hidden.to(_precision); // once for all three products
        return tokens.FromRows(Attend(tokens.ToRows(_query.Forward(hidden)), hidden, tokens));
    }

    /// <summary>Computes the attention of each row's first token only.</summary>
    /// <returns>[rows, hidden].</returns>
    /// <param name="first">The first tokens, [rows, hidden].</param>
    /// <param name="hidden">All tokens, [tokens, hidden].</param>
    /// <param name="tokens">The division of the tokens into rows.</param>
    public Tensor FirstToken(Tensor first, Tensor hidden, PackedTokens tokens) =>
        Attend(_query.Forward(first).unsqueeze(1), hidden.to(_precision), tokens).squeeze(1);

    // Queries and the result are [rows, queries of a row, hidden].
    private Tensor Attend(Tensor queries, Tensor hidden, PackedTokens tokens)
    {
        Tensor keys = Split(tokens.ToRows(_key.Forward(hidden)));
        Tensor scores = Split(queries).Times(_scale).bmm(keys.transpose(1, 2)).view(queries.shape[0], _heads, queries.shape[1], -1);
        if (tokens.PositionBias is { } positions)
            scores = scores.Plus(positions.narrow(2, 0, queries.shape[1])); // of all tokens, or of the first
        if (tokens.AttentionBias is { } bias)
            scores = scores.Plus(bias);
        Tensor probabilities = functional.softmax(scores, -1).Dropout(_dropout, training);
        Tensor context = probabilities.flatten(0, 1).bmm(Split(tokens.ToRows(_value.Forward(hidden))));
        return context.view(queries.shape[0], _heads, queries.shape[1], -1).transpose(1, 2).reshape(queries.shape);
    }

    // [rows, length, hidden] to [rows × heads, length, hidden / heads], copied once: a product would copy transposed keys again.
    private Tensor Split(Tensor x) =>
        x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2).reshape(x.shape[0] * _heads, x.shape[1], -1);
}
