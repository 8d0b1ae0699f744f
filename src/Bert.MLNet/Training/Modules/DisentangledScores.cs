using Bert.MLNet.Models.Families;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Adds the scores that combine the distance of tokens with their content to a layer's attention scores.</summary>
internal sealed class DisentangledScores
{
    private readonly Dense? _key, _query;
    private readonly int _heads;
    private readonly double _dropout;

    /// <param name="attention">The attention to compute.</param>
    /// <param name="config">The shape of the encoder.</param>
    /// <param name="precision">The type of the products.</param>
    /// <param name="root">The attention module, in which the linear layers of distances are registered if they are not shared.</param>
    /// <param name="key">The linear layer for the keys of attention.</param>
    /// <param name="query">The linear layer for the queries of attention.</param>
    public DisentangledScores(DisentangledAttention attention, BertConfig config, ScalarType precision, Module root, Dense key, Dense query)
    {
        (_heads, _dropout) = (config.NumAttentionHeads, config.HiddenDropoutProb);
        _key = attention.ContentToPosition ? Projection(attention.KeyProjection, key) : null;
        _query = attention.PositionToContent ? Projection(attention.QueryProjection, query) : null;

        Dense Projection(string name, Dense shared)
        {
            if (attention.SharesProjections)
                return shared;
            var own = new Dense(config.HiddenSize, config.HiddenSize, config.InitializerRange, precision);
            root.register_module(name, own);
            return own;
        }
    }

    /// <returns>The sum of the scores, [rows, heads, length, length].</returns>
    /// <param name="scores">The scores to add to, [rows, heads, length, length].</param>
    /// <param name="queries">The scaled queries, [rows × heads, length, size].</param>
    /// <param name="keys">The keys, [rows × heads, length, size].</param>
    /// <param name="scale">The factor of the scores.</param>
    /// <param name="tokens">The tokens, with the embeddings of their distances.</param>
    /// <param name="training">Whether dropout is applied.</param>
    public Tensor AddTo(Tensor scores, Tensor queries, Tensor keys, double scale, PackedTokens tokens, bool training)
    {
        Tensor distances = tokens.Distances!.Dropout(_dropout, training);
        Tensor rows = tokens.DistanceRows!.expand(scores.shape);
        if (_key is not null)
            scores = scores.Plus(Product(queries, _key).gather(3, rows));
        if (_query is not null)
            scores = scores.Plus(Product(keys, _query).Times(scale).gather(3, rows.transpose(2, 3)).transpose(2, 3));
        return scores;

        // [rows, heads, length, 2 × span].
        Tensor Product(Tensor contents, Dense projection)
        {
            Tensor projected = projection.Forward(distances);
            Tensor byHead = projected.view(projected.shape[0], _heads, -1).permute(1, 2, 0);
            return contents.view(scores.shape[0], _heads, contents.shape[1], -1).matmul(byHead);
        }
    }
}
