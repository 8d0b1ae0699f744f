using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Gives texts that belong together like vectors: each of a batch's pairs has to find its other half among all of the batch, by
/// cosine of the mean-pooled last hidden state (InfoNCE with in-batch negatives, van den Oord et al., 2018, arXiv:1807.03748). That alone
/// would keep what a text is about and lose what it says of it, so the vectors also have to tell which words the text has.
/// </summary>
internal sealed class ContrastiveObjective(
    SentencePairs train, SentencePairs heldOut, BertTokenizer tokenizer, BagOfWords words, ContrastiveOptions options, double weight = 1)
    : PretrainingObjective(weight)
{
    private const int HeldOutBatches = 8;

    private ContrastiveOptions Options => options;

    private BertTokenizer Tokenizer => tokenizer;

    public override string Name => "contrastive";

    public override int BatchesPerStep => options.BatchesPerStep;

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        var pairs = new PairBatch(this, train, Chance(options.Seed, step, batch), module.Bert);
        Tensor own = arange(options.PairsPerBatch);
        Tensor loss = (functional.cross_entropy(pairs.Similarities, own) + functional.cross_entropy(pairs.Similarities.t(), own)) / 2;
        Tensor told = words.Loss(cat([pairs.First, pairs.Second]), pairs.Texts, module.Bert.WordEmbeddings, module.Head.Bias);
        ((loss + told * options.BagOfWordsWeight) * scale).backward();
        return new BatchResult(loss.item<float>(), pairs.Tokens);
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas)
    {
        long[] hits = new long[HeldOutBatches];
        replicas.Run(HeldOutBatches, (module, batch) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            var pairs = new PairBatch(this, heldOut, new Random(batch), module.Bert);
            hits[batch] = pairs.Similarities.argmax(1).eq(arange(options.PairsPerBatch)).sum().item<long>();
        });
        return $"contrastive held-out accuracy {(double)hits.Sum() / (HeldOutBatches * options.PairsPerBatch):P1} among {options.PairsPerBatch}";
    }

    /// <summary>Pairs drawn and encoded.</summary>
    private sealed class PairBatch
    {
        public PairBatch(ContrastiveObjective objective, SentencePairs source, Random random, BertModule module)
        {
            (ushort[] First, ushort[] Second)[] pairs = [.. Enumerable.Range(0, objective.Options.PairsPerBatch).Select(_ => source.Next(random))];
            ushort[][] first = [.. pairs.Select(pair => pair.First)], second = [.. pairs.Select(pair => pair.Second)];
            PaddedBatch left = new(first, objective.Tokenizer), right = new(second, objective.Tokenizer);
            (First, Second, Texts, Tokens) = (left.MeanPooled(module), right.MeanPooled(module), [.. first, .. second], left.Count + right.Count);
            Similarities = functional.normalize(First).matmul(functional.normalize(Second).t()) / objective.Options.Temperature;
        }

        /// <summary>Vectors of the first sides, [pairs, hidden].</summary>
        public Tensor First { get; }

        /// <summary>Vectors of the second sides, [pairs, hidden].</summary>
        public Tensor Second { get; }

        /// <summary>Cosines of all first with all second sides over the temperature, [pairs, pairs].</summary>
        public Tensor Similarities { get; }

        /// <summary>Token ids of all first sides, then of all second ones.</summary>
        public IReadOnlyList<ushort[]> Texts { get; }

        /// <summary>Positions computed.</summary>
        public int Tokens { get; }
    }
}
