using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Pretraining;

/// <summary>Predicts masked words from their context (Devlin et al., 2019, arXiv:1810.04805), without next-sentence prediction.</summary>
internal sealed class MaskedLanguageModelObjective : PretrainingObjective
{
    private const int HeldOutLength = 64;
    private const int HeldOutRows = 16;
    private const int HeldOutBatches = 32;
    private const int Ahead = 16;

    private readonly SequencePacker _train, _heldOut;
    private readonly WholeWordMasking _masking;
    private readonly MaskedLanguageModelOptions _options;
    private readonly BatchesAhead<(long Number, int Length), MaskedBatch> _ahead;

    /// <param name="train">The training text.</param>
    /// <param name="heldOut">The text for <see cref="Evaluate"/>.</param>
    /// <param name="masking">The masking, which chooses the words.</param>
    /// <param name="options">The numbers of tokens and the lengths.</param>
    /// <param name="weight">The weight of the objective in the loss.</param>
    public MaskedLanguageModelObjective(
        SequencePacker train, SequencePacker heldOut, WholeWordMasking masking, MaskedLanguageModelOptions options, double weight = 1)
        : base(weight)
    {
        (_train, _heldOut, _masking, _options) = (train, heldOut, masking, options);
        _ahead = new(batch => Create(batch.Number, batch.Length));
    }

    public override string Name => "mlm";

    public override int BatchesPerStep => Math.Max(1, _options.TokensPerStep / _options.TokensPerBatch);

    public override BatchResult Accumulate(BertForMaskedLM module, long step, double progress, int batch, double scale)
    {
        Device device = module.Bert.Device;
        long number = step * BatchesPerStep + batch;
        int length = LengthAt(step, progress);
        MaskedBatch masked = device.type == DeviceType.CPU
            ? Create(number, length)
            : _ahead.Take((number, length),
                Enumerable.Range(1, Ahead).Select(i => (number + i, LengthAt((number + i) / BatchesPerStep, progress))));

        using DisposeScope scope = NewDisposeScope();
        Tensor loss = functional.cross_entropy(module.Forward(masked.Rows, masked.Positions(device)), masked.Labels(device));
        loss.Times(scale).backward();
        return new BatchResult(loss.item<float>(), masked.Rows.Tokens);
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
            MaskedBatch masked = MaskedBatch.Create(
                _heldOut, (long)batch * HeldOutRows, HeldOutRows, HeldOutLength, _masking, new Random(batch));
            Device device = module.Bert.Device;
            Tensor scores = module.Forward(masked.Rows, masked.Positions(device));
            Tensor labels = masked.Labels(device);
            float sum = functional.cross_entropy(scores, labels, reduction: Reduction.Sum).item<float>();
            long right = scores.argmax(1).eq(labels).sum().item<long>();
            lock (total)
                (loss, hits, count) = (loss + sum, hits + right, count + masked.Count);
        });
        return $"mlm held-out loss {loss / count:F4}, accuracy {(double)hits / count:P2} of {count} masked tokens";
    }

    private MaskedBatch Create(long number, int length)
    {
        int rows = Math.Max(1, _options.TokensPerBatch / length);
        return MaskedBatch.Create(
            _train, number * rows, rows, length, _masking, Chance(_options.Seed, number / BatchesPerStep, (int)(number % BatchesPerStep)));
    }

    private int LengthAt(long step, double progress)
    {
        (int Length, double Share)[] lengths = _options.Phases.Last(phase => phase.From <= progress).Lengths;
        double chance = Chance(_options.Seed, step, -1).NextDouble() * lengths.Sum(entry => entry.Share);
        foreach ((int length, double share) in lengths)
        {
            if ((chance -= share) < 0)
                return length;
        }
        return lengths[^1].Length;
    }
}
