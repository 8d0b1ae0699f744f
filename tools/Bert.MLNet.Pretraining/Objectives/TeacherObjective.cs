using System.Numerics;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// Learns the vectors of a teacher: their directions (1 − cosine), and to find a text's own vector among those of the batch
/// (cross-entropy of cosines over a temperature), so that similar texts stay different.
/// </summary>
/// <param name="taught">Texts and vectors; the last of them are held out.</param>
/// <param name="tokenizer">The tokenizer of the texts.</param>
/// <param name="options">The batches and the pooling.</param>
/// <param name="weight">The weight of the objective in the loss.</param>
internal sealed class TeacherObjective(TaughtTexts taught, BertTokenizer tokenizer, TeacherOptions options, double weight = 1)
    : PretrainingObjective(weight)
{
    private const int HeldOutBatches = 8;

    private readonly int _heldOut = Math.Min(2048, taught.Count / 10);

    public override string Name => options.EmbeddingsOnly ? "embeddings" : "teacher";

    public override int BatchesPerStep => options.BatchesPerStep;

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor student, Tensor teacher, int tokens) = Vectors(module, Indexes((step * BatchesPerStep + batch) * options.TextsPerBatch));
        Tensor cosines = student.matmul(teacher.t());
        Tensor own = TensorArithmetic.Range(options.TextsPerBatch, module.Bert.Device);
        Tensor distance = cosines.diagonal().mean().Times(-1).Plus(1);
        Tensor among = functional.cross_entropy(cosines.Over(options.Temperature), own);
        distance.Plus(among.Times(options.RankingWeight)).Times(scale).backward();
        return new BatchResult(distance.item<float>(), options.EmbeddingsOnly ? 0 : tokens);
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas)
    {
        int size = Math.Max(1, _heldOut / HeldOutBatches);
        double[] cosines = new double[HeldOutBatches];
        replicas.Run(HeldOutBatches, (module, batch) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            int first = taught.Count - _heldOut + batch * size;
            (Tensor student, Tensor teacher, _) = Vectors(module, [.. Enumerable.Range(0, size).Select(i => (first + i) % taught.Count)]);
            cosines[batch] = (student * teacher).sum().item<float>() / size;
        });
        return $"{Name} held-out cosine {cosines.Average():F4}";
    }

    private int[] Indexes(long start)
    {
        int count = taught.Count - _heldOut;
        return [.. Enumerable.Range(0, options.TextsPerBatch).Select(i => Place((start + i) / count, (start + i) % count, count))];
    }

    // Each pass visits all texts, in steps that are coprime to their number, so that batches differ from pass to pass.
    private int Place(long pass, long index, int count)
    {
        long stride = Math.Abs((long)StepSeed.Of(options.Seed, pass, 0)) % count;
        while (BigInteger.GreatestCommonDivisor(stride, count) != 1)
            stride++;
        return (int)(index * stride % count);
    }

    private (Tensor Student, Tensor Teacher, int Tokens) Vectors(BertForMaskedLM module, int[] indexes)
    {
        PaddedBatch batch = PaddedBatch.OfTexts([.. indexes.Select(taught.Text)], tokenizer);
        Tensor student = functional.normalize(batch.Pooled(module.Bert, options.Sentence, options.EmbeddingsOnly), 2, 1);
        Tensor teacher = functional.normalize(
            tensor(taught.Vectors(indexes), indexes.Length, taught.Dimension, device: module.Bert.Device), 2, 1);
        return (student, teacher, batch.Tokens);
    }
}
