using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Learns each token of a target from its source and the tokens before it, with cross-entropy. A part of the correct probability can be
/// spread over the vocabulary (Szegedy et al., 2016, arXiv:1512.00567). The weight of a row is the number of its target's tokens.
/// </summary>
/// <param name="decoder">The decoder's config.</param>
/// <param name="areShared">Whether encoder and decoder share their weights.</param>
/// <param name="start">The token before a target.</param>
/// <param name="smoothing">The part of the probability that is spread.</param>
/// <param name="generated">The metric of generated texts that compares epochs; null for the loss.</param>
internal sealed class NextTokenObjective(
    BertConfig decoder, bool areShared, int start, double smoothing, GeneratedMetric? generated = null)
    : TrainingObjective<BertForSequenceToSequence>
{
    /// <summary>
    /// The metric of generated texts, or the mean loss of a token without smoothing, negative so that higher is better.
    /// </summary>
    public override string MetricName => generated?.Name ?? "NegativeLoss";

    public override string Parameters => string.Create(
        CultureInfo.InvariantCulture,
        $"{smoothing} {start} {decoder.HiddenDropoutProb} {decoder.AttentionProbsDropoutProb} {generated?.Name} {generated?.Parameters}");

    public override BertForSequenceToSequence CreateModule(BertConfig config, ScalarType precision) =>
        new(config, decoder, areShared, precision);

    public override Tensor Loss(BertForSequenceToSequence module, IReadOnlyList<TrainingRow> rows) => Loss(module, rows, smoothing);

    public override ValidationResult Evaluate(ModuleReplicas<BertForSequenceToSequence> replicas, TrainingRow[] rows)
    {
        if (generated is not null)
            return new(generated.Compute(replicas.First, rows), null); // the scores of the correct tokens are not computed
        TrainingRow[][] parts = EpochBatches.Parts(rows, replicas.Tokens);
        double[] losses = new double[parts.Length];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, i) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            losses[i] = Loss(module, parts[i], 0).item<float>();
        });
        replicas.Train(true);
        double loss = losses.Sum() / rows.Sum(row => (double)row.Weight);
        return new(-loss, loss);
    }

    private Tensor Loss(BertForSequenceToSequence module, IReadOnlyList<TrainingRow> rows, double spread)
    {
        SequencePairRow[] pairs = [.. rows.Cast<SequencePairRow>()];
        Tensor scores = module.Forward(new PaddedBatch(pairs), new PaddedBatch([.. pairs.Select(pair => pair.Shifted(start))]));
        Tensor labels = tensor([.. pairs.SelectMany(pair => pair.Target).Select(id => (long)id)], device: module.Decoder.Device);
        if (spread == 0)
            return functional.cross_entropy(scores, labels, reduction: Reduction.Sum);
        Tensor logProbabilities = functional.log_softmax(scores, -1);
        Tensor correct = functional.nll_loss(logProbabilities, labels, reduction: Reduction.Sum);
        return correct.Times(1 - spread).Plus(logProbabilities.mean([-1L]).sum().Times(-spread));
    }
}
