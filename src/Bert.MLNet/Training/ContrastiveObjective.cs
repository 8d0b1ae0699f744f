using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Gives texts that belong together like vectors: each of a batch's pairs has to find its other half among all of the batch, by
/// cosine of the mean-pooled last hidden state (InfoNCE with in-batch negatives, van den Oord et al., 2018, arXiv:1807.03748).
/// </summary>
internal sealed class ContrastiveObjective(
    SentencePairs train, SentencePairs heldOut, BertTokenizer tokenizer, ContrastiveOptions options, double weight = 1)
    : PretrainingObjective(weight)
{
    private const int HeldOutBatches = 8;

    public override string Name => "contrastive";

    public override int BatchesPerStep => options.BatchesPerStep;

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor similarities, int tokens) = Compare(module.Bert, train, Chance(options.Seed, step, batch));
        Tensor own = arange(options.PairsPerBatch);
        Tensor loss = (functional.cross_entropy(similarities, own) + functional.cross_entropy(similarities.t(), own)) / 2;
        (loss * scale).backward();
        return new BatchResult(loss.item<float>(), tokens);
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas)
    {
        long[] hits = new long[HeldOutBatches];
        replicas.Run(HeldOutBatches, (module, batch) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            (Tensor similarities, _) = Compare(module.Bert, heldOut, new Random(batch));
            hits[batch] = similarities.argmax(1).eq(arange(options.PairsPerBatch)).sum().item<long>();
        });
        return $"contrastive held-out accuracy {(double)hits.Sum() / (HeldOutBatches * options.PairsPerBatch):P1} among {options.PairsPerBatch}";
    }

    private (Tensor Similarities, int Tokens) Compare(BertModule module, SentencePairs source, Random random)
    {
        (ushort[] First, ushort[] Second)[] pairs = [.. Enumerable.Range(0, options.PairsPerBatch).Select(_ => source.Next(random))];
        var first = new PaddedBatch([.. pairs.Select(pair => pair.First)], tokenizer);
        var second = new PaddedBatch([.. pairs.Select(pair => pair.Second)], tokenizer);
        Tensor u = functional.normalize(first.MeanPooled(module));
        Tensor v = functional.normalize(second.MeanPooled(module));
        return (u.matmul(v.t()) / options.Temperature, first.Count + second.Count);
    }
}
