using System.Globalization;
using Bert.MLNet.Tokenization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns to predict words that are masked anew in each epoch (Devlin et al., 2019, arXiv:1810.04805; Liu et al., 2019,
/// arXiv:1907.11692), with cross-entropy over the vocabulary. A row has no targets. Its weight is the average number of masked
/// tokens.
/// </summary>
internal sealed class MaskedWordsObjective(WholeWordMasking masking, double mlmProbability) : TrainingObjective<BertForMaskedLM>
{
    /// <summary>The share of masked tokens that are predicted correctly. The masks are the same in each epoch.</summary>
    public override string MetricName => "MaskedAccuracy";

    public override string Parameters => mlmProbability.ToString(CultureInfo.InvariantCulture);

    public override BertForMaskedLM CreateModule(BertConfig config, ScalarType precision) => new(config, precision);

    public override Tensor Loss(BertForMaskedLM module, IReadOnlyList<TrainingRow> rows)
    {
        Random random = BatchChance.Random();
        (Tensor scores, Tensor labels) = Guess(module, rows, _ => random);
        return functional.cross_entropy(scores, labels, reduction: Reduction.Sum);
    }

    public override ValidationResult Evaluate(ModuleReplicas<BertForMaskedLM> replicas, TrainingRow[] rows)
    {
        TrainingRow[][] parts = EpochBatches.Parts(rows, replicas.Tokens);
        long hits = 0, count = 0;
        double[] losses = new double[parts.Length];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, i) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            (Tensor scores, Tensor labels) = Guess(module, parts[i], row => new Random((int)row.Position));
            Interlocked.Add(ref hits, scores.argmax(1).eq(labels).sum().item<long>());
            Interlocked.Add(ref count, labels.shape[0]);
            losses[i] = labels.shape[0] > 0 ? functional.cross_entropy(scores, labels, reduction: Reduction.Sum).item<float>() : 0;
        });
        replicas.Train(true);
        return count > 0 ? new((double)hits / count, losses.Sum() / count) : new(0, null);
    }

    /// <summary>
    /// Computes scores for the masked tokens of rows, [tokens, vocabulary], and returns them with the original tokens, [tokens].
    /// </summary>
    private (Tensor Scores, Tensor Labels) Guess(BertForMaskedLM module, IReadOnlyList<TrainingRow> rows, Func<TrainingRow, Random> chance)
    {
        var masked = new List<EncodedRow>(rows.Count);
        var words = new List<(int Row, int Position, int Id)>();
        var chosen = new List<(int Position, int Id)>();
        foreach (TrainingRow row in rows)
        {
            long[] ids = [.. row.Ids];
            chosen.Clear();
            masking.Apply(ids, chance(row), chosen);
            words.AddRange(chosen.Select(word => (masked.Count, word.Position, word.Id)));
            masked.Add(new EncodedRow([.. ids.Select(id => (int)id)], row.PairStart));
        }
        var batch = new PaddedBatch(masked);
        Tensor positions = tensor([.. words.Select(word => (long)batch.Start(word.Row) + word.Position)], device: module.Bert.Device);
        return (module.Forward(batch, positions), tensor([.. words.Select(word => (long)word.Id)], device: module.Bert.Device));
    }
}
