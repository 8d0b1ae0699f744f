using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Asks a text's vector which words the text has: the token embeddings score all tokens of the vocabulary against it, and rare tokens
/// count more, by a / (a + frequency) (Arora et al., 2017). A vector that can answer keeps what n-grams know. Immutable and thread-safe.
/// </summary>
internal sealed class BagOfWords
{
    private const double A = 1e-3;

    private readonly float[] _weights;

    /// <param name="corpus">The text that frequencies are counted in.</param>
    /// <param name="vocabularySize">Tokens of the vocabulary.</param>
    public BagOfWords(TokenCorpus corpus, int vocabularySize)
    {
        long[] counts = new long[vocabularySize];
        foreach (ushort id in corpus.Ids)
            counts[id]++;
        _weights = [.. counts.Select(count => (float)(A / (A + (double)count / corpus.Ids.Length)))];
    }

    /// <summary>The weighted cross-entropy of the texts' tokens, a mean over texts.</summary>
    /// <param name="vectors">[texts, hidden].</param>
    /// <param name="texts">Token ids of each text.</param>
    /// <param name="wordEmbeddings">[vocabulary, hidden].</param>
    /// <param name="bias">What each token's score starts from, [vocabulary].</param>
    public Tensor Loss(Tensor vectors, IReadOnlyList<ushort[]> texts, Tensor wordEmbeddings, Tensor bias)
    {
        var indexes = new List<long>();
        var shares = new List<float>();
        for (int text = 0; text < texts.Count; text++)
        {
            ushort[] distinct = [.. texts[text].Distinct()];
            float total = distinct.Sum(id => _weights[id]) * texts.Count;
            indexes.AddRange(distinct.Select(id => (long)text * _weights.Length + id));
            shares.AddRange(distinct.Select(id => _weights[id] / total));
        }
        Tensor scores = functional.linear(functional.layer_norm(vectors, [vectors.shape[1]]), wordEmbeddings, bias);
        Tensor logarithms = functional.log_softmax(scores, 1).view(-1).index_select(0, tensor(indexes.ToArray()));
        return -(logarithms * tensor(shares.ToArray())).sum();
    }
}
