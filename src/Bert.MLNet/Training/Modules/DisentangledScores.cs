using Bert.MLNet.Models.Families;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>What a layer's attention adds to its scores for the distance of tokens together with their content.</summary>
internal sealed class DisentangledScores
{
    private readonly Dense? _key, _query;
    private readonly int _heads;
    private readonly double _dropout;

    /// <param name="attention">What is computed.</param>
    /// <param name="config">The shape.</param>
    /// <param name="precision">Type of the products.</param>
    /// <param name="root">The attention, which gets the linear functions of distances that are not shared.</param>
    /// <param name="key">The attention's linear function for keys.</param>
    /// <param name="query">The attention's linear function for queries.</param>
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

    /// <returns>Scores with what is added, [rows, heads, length, length].</returns>
    /// <param name="scores">Scores, [rows, heads, length, length].</param>
    /// <param name="queries">Scaled, [rows × heads, length, size].</param>
    /// <param name="keys">[rows × heads, length, size].</param>
    /// <param name="scale">What scores are multiplied with.</param>
    /// <param name="tokens">The tokens, with the embeddings of their distances.</param>
    /// <param name="training">Whether there is dropout.</param>
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
