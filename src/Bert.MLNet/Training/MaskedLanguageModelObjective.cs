using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Guessing masked words from their context (Devlin et al., 2019, arXiv:1810.04805), without next-sentence prediction.</summary>
internal sealed class MaskedLanguageModelObjective(
    SequencePacker train, SequencePacker heldOut, WholeWordMasking masking, MaskedLanguageModelOptions options, double weight = 1)
    : PretrainingObjective(weight)
{
    private const int HeldOutLength = 64;
    private const int HeldOutRows = 16;
    private const int HeldOutBatches = 32;

    public override string Name => "mlm";

    public override int BatchesPerStep => Math.Max(1, options.TokensPerStep / options.TokensPerBatch);

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        int length = LengthAt(step, progress);
        int rows = Math.Max(1, options.TokensPerBatch / length);
        long first = (step * BatchesPerStep + batch) * rows;

        using DisposeScope scope = NewDisposeScope();
        MaskedBatch masked = MaskedBatch.Create(train, first, rows, length, masking, Chance(options.Seed, step, batch));
        Tensor loss = functional.cross_entropy(module.Forward(masked.InputIds(), masked.Positions()), masked.Labels());
        loss.Times(scale).backward();
        return new BatchResult(loss.item<float>(), rows * length);
    }

    public override string Evaluate(ModuleReplicas<BertForMaskedLM> replicas)
    {
        double loss = 0;
        long hits = 0, count = 0;
        var total = new Lock();
        replicas.Run(HeldOutBatches, (module, batch) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            MaskedBatch masked = MaskedBatch.Create(heldOut, (long)batch * HeldOutRows, HeldOutRows, HeldOutLength, masking, new Random(batch));
            Tensor scores = module.Forward(masked.InputIds(), masked.Positions());
            Tensor labels = masked.Labels();
            float sum = functional.cross_entropy(scores, labels, reduction: Reduction.Sum).item<float>();
            long right = scores.argmax(1).eq(labels).sum().item<long>();
            lock (total)
                (loss, hits, count) = (loss + sum, hits + right, count + masked.Count);
        });
        return $"mlm held-out loss {loss / count:F4}, accuracy {(double)hits / count:P2} of {count} masked tokens";
    }

    private int LengthAt(long step, double progress)
    {
        (int Length, double Share)[] lengths = options.Phases.Last(phase => phase.From <= progress).Lengths;
        double chance = Chance(options.Seed, step, -1).NextDouble() * lengths.Sum(entry => entry.Share);
        foreach ((int length, double share) in lengths)
        {
            if ((chance -= share) < 0)
                return length;
        }
        return lengths[^1].Length;
    }
}
