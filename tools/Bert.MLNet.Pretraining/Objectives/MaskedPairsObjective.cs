using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Predicts masked words of two texts that belong together and are read as one row. One text helps to predict words in the other, so the
/// model learns to attend from one segment to the other, as tasks on pairs require (Conneau and Lample, 2019, arXiv:1901.07291, section
/// 3.3, do so with translations).
/// </summary>
internal sealed class MaskedPairsObjective(
    SentencePairs train, SentencePairs heldOut, BertTokenizer tokenizer, WholeWordMasking masking, double mlmProbability, int seed,
    double weight = 1, int pairsPerBatch = 16)
    : PretrainingObjective(weight)
{
    private const int HeldOutPairs = 256;

    private readonly MaskedWordsObjective _words = new(masking, mlmProbability);

    public override string Name => "pairs";

    public override int BatchesPerStep => 2;

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingRow[] rows = Draw(train, Chance(seed, step, batch), pairsPerBatch);
        Tensor loss = _words.Loss(module, rows).Over(rows.Sum(row => row.Weight));
        loss.Times(scale).backward();
        return new BatchResult(loss.item<float>(), rows.Length * rows.Max(row => row.Length));
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas) =>
        $"pairs held-out accuracy {_words.Evaluate(replicas, Draw(heldOut, new Random(1), HeldOutPairs)).Metric:P2}";

    private TrainingRow[] Draw(SentencePairs pairs, Random random, int count) => [.. Enumerable.Range(0, count).Select(place =>
    {
        (ushort[] first, ushort[] second) = pairs.Next(random);
        int[] ids = [tokenizer.ClsTokenId, .. first.Select(id => (int)id), tokenizer.SepTokenId, .. second.Select(id => (int)id),
            tokenizer.SepTokenId];
        return new TrainingRow(ids, first.Length + 2, place, [], (float)((first.Length + second.Length) * mlmProbability));
    })];
}
