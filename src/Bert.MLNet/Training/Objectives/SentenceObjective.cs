using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>
/// Trains the vectors of texts with a loss that compares all rows of a batch, which are computed in parts. First, all vectors are computed
/// without gradients, then the loss and its gradient with respect to the vectors. Finally, each part is computed again to propagate these
/// gradients. Memory is therefore bounded for any batch size (Gao et al., 2021, arXiv:2101.06983).
/// </summary>
/// <param name="sentence">How a text becomes a vector.</param>
/// <param name="loss">The loss of the vectors of a batch.</param>
/// <param name="scale">How the labels of rows become those of the loss.</param>
internal sealed class SentenceObjective(BertSentenceOptions sentence, SentenceLoss loss, LabelScale scale)
    : TrainingObjective<SentenceEncoder>
{
    private int _batchSize;

    public override string MetricName => loss.MetricName;

    public override string Parameters => $"{loss.Description} {scale.Description}";

    public override SentenceEncoder CreateModule(BertConfig config, ScalarType precision) => new(config, sentence, precision);

    public override Tensor Loss(SentenceEncoder module, IReadOnlyList<TrainingRow> rows) =>
        Loss(Vectors(module, rows), rows).Times(rows.Count);

    public override Func<SentenceEncoder, int, PartLoss> Prepare(
        TrainingRow[][] parts, IReadOnlyList<Range> batches, Action<Action<SentenceEncoder, int>> forward)
    {
        Tensor[] vectors = new Tensor[parts.Length];
        forward((module, part) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var quiet = no_grad();
            vectors[part] = Vectors(module, parts[part]).DetachFromDisposeScope();
        });

        float[][] gradients = new float[parts.Length][];
        double[] losses = new double[parts.Length];
        foreach (Range batch in batches)
        {
            _batchSize = parts[batch].Sum(part => part.Length);
            using DisposeScope scope = NewDisposeScope();
            Tensor[] own = [.. vectors[batch].Select(part => part.requires_grad_(true))];
            TrainingRow[] rows = [.. parts[batch].SelectMany(part => part)];
            Tensor value = Loss(cat(own, 0), rows);
            value.Times(rows.Length).backward();
            for (int part = batch.Start.Value; part < batch.End.Value; part++)
            {
                losses[part] = value.item<float>() * (double)parts[part].Length;
                gradients[part] = vectors[part].grad!.data<float>().ToArray();
                vectors[part].Dispose();
            }
        }
        return (module, part) =>
        {
            Tensor again = Vectors(module, parts[part]);
            return new((again * tensor(gradients[part], again.shape)).sum(), losses[part]);
        };
    }

    public override ValidationResult Evaluate(ModuleReplicas<SentenceEncoder> replicas, TrainingRow[] rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        TrainingRow[][] parts = EpochBatches.Parts(rows, replicas.Tokens);
        Tensor[] vectors = new Tensor[parts.Length];
        replicas.Train(false);
        replicas.Run(parts.Length, (module, part) =>
        {
            using DisposeScope work = NewDisposeScope();
            using var alsoQuiet = no_grad();
            vectors[part] = Vectors(module, parts[part]).DetachFromDisposeScope();
        });
        replicas.Train(true);
        Tensor all = cat(vectors, 0);
        foreach (Tensor part in vectors)
            part.Dispose();
        TrainingRow[] ordered = [.. parts.SelectMany(part => part)];
        return new(loss.Metric(all.unbind(1), Labels(ordered)), LossOfBatches(all, ordered));
    }

    /// <summary>
    /// The mean loss of batches of the size of the last update, since a loss can depend on the number of rows that it compares. Rows that
    /// do not fill a batch are left out, unless there are no others.
    /// </summary>
    private double? LossOfBatches(Tensor vectors, TrainingRow[] rows)
    {
        int size = Math.Min(_batchSize, rows.Length), count = size == 0 ? 0 : rows.Length / size;
        // Rows are sorted by length, so every batch takes every so many rows.
        double[] losses = [.. Enumerable.Range(0, count).Select(batch =>
        {
            long[] places = [.. Enumerable.Range(0, size).Select(i => (long)i * count + batch)];
            return (double)Loss(vectors.index_select(0, tensor(places)), [.. places.Select(place => rows[place])]).item<float>();
        })];
        return count == 0 ? null : losses.Average();
    }

    private Tensor Loss(Tensor vectors, IReadOnlyList<TrainingRow> rows) => loss.Of(vectors.unbind(1), Labels(rows));

    // The vectors are small compared with the computation, so losses can be computed on the processor.
    private Tensor Vectors(SentenceEncoder module, IReadOnlyList<TrainingRow> rows)
    {
        Tensor vectors = module.Forward(new PaddedBatch([.. rows.Cast<SentencesRow>().SelectMany(row => row.Texts)])).cpu();
        if (sentence.Normalize)
            vectors = functional.normalize(vectors, 2, 1);
        return vectors.view(rows.Count, -1, vectors.shape[1]);
    }

    private Tensor? Labels(IReadOnlyList<TrainingRow> rows)
    {
        int values = rows[0].Targets.Length;
        if (values == 0)
            return null;
        float[] labels = new float[rows.Count * values];
        foreach ((int place, TrainingRow row) in rows.Index())
            row.Targets.CopyTo(labels, place * values);
        return scale.Apply(tensor(labels, rows.Count, values));
    }
}
