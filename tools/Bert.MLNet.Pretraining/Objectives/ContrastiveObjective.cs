using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Trains similar vectors for texts that belong together: each text has to find its other half among all pairs of the batch, by cosine of
/// the pooled hidden states (InfoNCE with in-batch negatives, van den Oord et al., 2018, arXiv:1807.03748). That alone would keep the topic
/// of a text and lose its statements, so the vectors also have to predict the words of the text.
/// </summary>
internal sealed class ContrastiveObjective(
    SentencePairs train, SentencePairs heldOut, BertTokenizer tokenizer, BagOfWords words, ContrastiveOptions options, double weight = 1)
    : PretrainingObjective(weight)
{
    private const int HeldOutBatches = 8;

    public override string Name => options.EmbeddingsOnly ? "embeddings" : "contrastive";

    public override int BatchesPerStep => options.BatchesPerStep;

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        PairBatch pairs = Draw(train, Chance(options.Seed, step, batch), module.Bert);
        Tensor own = TensorArithmetic.Range(options.PairsPerBatch, module.Bert.Device);
        Tensor similarities = pairs.Cosines().Over(options.Temperature);
        Tensor loss = functional.cross_entropy(similarities, own).Plus(functional.cross_entropy(similarities.t(), own)).Over(2);
        Tensor total = loss;
        if (options.BagOfWordsWeight > 0)
            total = loss.Plus(words.Loss(cat([pairs.First, pairs.Second]), pairs.Texts, module.Bert.WordEmbeddings, module.Head.Bias)
                .Times(options.BagOfWordsWeight));
        total.Times(scale).backward();
        return new BatchResult(loss.item<float>(), options.EmbeddingsOnly ? 0 : pairs.Tokens);
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas)
    {
        long[] hits = new long[HeldOutBatches];
        replicas.Run(HeldOutBatches, (module, batch) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            PairBatch pairs = Draw(heldOut, new Random(batch), module.Bert);
            hits[batch] = pairs.Cosines().argmax(1).eq(
                TensorArithmetic.Range(options.PairsPerBatch, module.Bert.Device)).sum().item<long>();
        });
        return $"{Name} held-out accuracy {(double)hits.Sum() / (HeldOutBatches * options.PairsPerBatch):P1} among {options.PairsPerBatch}";
    }

    private PairBatch Draw(SentencePairs source, Random random, EncoderModule module) =>
        new([.. Enumerable.Range(0, options.PairsPerBatch).Select(_ => source.Next(random))], module, tokenizer, options.Sentence,
            options.EmbeddingsOnly);
}
