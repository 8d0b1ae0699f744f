using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Predicts a text's words from its vector: the token embeddings score all tokens of the vocabulary against it, and rare tokens count more,
/// by <see cref="SmoothInverseFrequency"/>. Such a vector keeps the information of n-grams. Immutable and thread-safe.
/// </summary>
/// <param name="weights">The weight of each token, by id.</param>
internal sealed class BagOfWords(IReadOnlyList<float> weights)
{
    /// <summary>The weighted cross-entropy of the texts' tokens, a mean over texts.</summary>
    /// <param name="vectors">[texts, hidden].</param>
    /// <param name="texts">Token ids of each text.</param>
    /// <param name="wordEmbeddings">[vocabulary, hidden].</param>
    /// <param name="bias">The bias of each token's score, [vocabulary].</param>
    public Tensor Loss(Tensor vectors, IReadOnlyList<ushort[]> texts, Tensor wordEmbeddings, Tensor bias)
    {
        var indexes = new List<long>();
        var shares = new List<float>();
        for (int text = 0; text < texts.Count; text++)
        {
            ushort[] distinct = [.. texts[text].Distinct()];
            float total = distinct.Sum(id => weights[id]) * texts.Count;
            indexes.AddRange(distinct.Select(id => (long)text * weights.Count + id));
            shares.AddRange(distinct.Select(id => weights[id] / total));
        }
        Tensor scores = functional.linear(functional.layer_norm(vectors, [vectors.shape[1]]), wordEmbeddings, bias);
        Tensor logarithms = functional.log_softmax(scores, 1).view(-1).index_select(0, tensor(indexes.ToArray(), device: vectors.device));
        return -(logarithms * tensor(shares.ToArray(), device: vectors.device)).sum();
    }
}
