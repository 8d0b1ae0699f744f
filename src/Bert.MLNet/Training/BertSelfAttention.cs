using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Multi-head scaled dot-product attention of a sequence to itself.</summary>
/// <remarks>Written out: libtorch's fused kernel is four times slower backwards in bfloat16 at the lengths that matter here.</remarks>
internal sealed class BertSelfAttention : ExplicitModule
{
    private readonly Dense _query, _key, _value;
    private readonly int _heads;
    private readonly double _scale, _dropout;

    public BertSelfAttention(BertConfig config, ScalarType precision) : base(nameof(BertSelfAttention))
    {
        _query = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _key = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _value = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
        _heads = config.NumAttentionHeads;
        _scale = 1 / Math.Sqrt((double)config.HiddenSize / config.NumAttentionHeads);
        _dropout = config.AttentionProbsDropoutProb;
        register_module("query", _query);
        register_module("key", _key);
        register_module("value", _value);
    }

    /// <returns>Of the shape of the queries.</returns>
    /// <param name="queries">The tokens that attend, [batch, queries, hidden].</param>
    /// <param name="hidden">The tokens that are attended to, [batch, length, hidden].</param>
    /// <param name="bias">Added to the scores: minus infinity at positions that nothing may attend to.</param>
    public Tensor Forward(Tensor queries, Tensor hidden, Tensor? bias)
    {
        Tensor scores = Split(_query.Forward(queries)).Times(_scale).matmul(Split(_key.Forward(hidden)).transpose(2, 3));
        if (bias is not null)
            scores = scores.Plus(bias);
        Tensor probabilities = functional.softmax(scores, -1).Dropout(_dropout, training);
        return probabilities.matmul(Split(_value.Forward(hidden))).transpose(1, 2).reshape(queries.shape);
    }

    // [batch, length, hidden] to [batch, heads, length, hidden / heads]
    private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], _heads, -1).transpose(1, 2);
}
