using Bert.MLNet.Training;

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining;

/// <summary>Pairs of texts and their vectors.</summary>
internal sealed class PairBatch
{
    public PairBatch((ushort[] First, ushort[] Second)[] pairs, EncoderModule module, BertTokenizer tokenizer, BertSentenceOptions sentence,
        bool embeddingsOnly = false)
    {
        ushort[][] first = [.. pairs.Select(pair => pair.First)], second = [.. pairs.Select(pair => pair.Second)];
        PaddedBatch left = PaddedBatch.OfTexts(first, tokenizer), right = PaddedBatch.OfTexts(second, tokenizer);
        First = left.Pooled(module, sentence, embeddingsOnly);
        Second = right.Pooled(module, sentence, embeddingsOnly);
        Texts = [.. first, .. second];
        Tokens = left.Tokens + right.Tokens;
    }

    /// <summary>Vectors of the first sides, [pairs, hidden].</summary>
    public Tensor First { get; }

    /// <summary>Vectors of the second sides, [pairs, hidden].</summary>
    public Tensor Second { get; }

    /// <summary>Token ids of all first sides, then of all second ones.</summary>
    public IReadOnlyList<ushort[]> Texts { get; }

    /// <summary>Tokens that were computed.</summary>
    public int Tokens { get; }

    /// <summary>Cosines of every first with every second side, [pairs, pairs].</summary>
    public Tensor Cosines() => functional.normalize(First).matmul(functional.normalize(Second).t());
}
