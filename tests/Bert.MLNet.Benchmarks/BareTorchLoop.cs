using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// The loop around <see cref="BareBert"/>: batches of similar length, TorchSharp's AdamW, clipping. Rows are tokenized beforehand, and
/// nothing is validated.
/// </summary>
internal sealed class BareTorchLoop(BertModel model, IReadOnlyList<TrainingRow> rows, int batchSize, int threads)
{
    public void Train(int epochs, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        set_num_threads(threads);
        using var bert = new BareBert(model.Config, model.Weights!);
        using var optimizer = optim.AdamW(bert.parameters(), learningRate, weight_decay: 0.01);
        var random = new Random(1);
        bert.train();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            foreach (TrainingRow[] batch in EpochBatches.Create(rows, batchSize, tokenBudget: null, random))
            {
                using DisposeScope step = NewDisposeScope();
                optimizer.zero_grad();
                Tensor labels = tensor(batch.Select(row => (long)row.Targets[0]).ToArray());
                nn.functional.cross_entropy(Logits(bert, batch), labels).backward();
                nn.utils.clip_grad_norm_(bert.parameters(), 1);
                optimizer.step();
            }
        }
    }

    /// <summary>The probability of the second label of some rows before any training.</summary>
    public float[] Predict(IReadOnlyList<TrainingRow> some)
    {
        using DisposeScope scope = NewDisposeScope();
        using var quiet = no_grad();
        using var bert = new BareBert(model.Config, model.Weights!);
        bert.eval();
        return [.. nn.functional.softmax(Logits(bert, some), 1).select(1, 1).data<float>()];
    }

    private static Tensor Logits(BareBert bert, IReadOnlyList<TrainingRow> batch)
    {
        int length = batch.Max(row => row.Length);
        long[] ids = new long[batch.Count * length];
        bool[] mask = new bool[ids.Length];
        for (int row = 0; row < batch.Count; row++)
        {
            for (int i = 0; i < batch[row].Length; i++)
                (ids[row * length + i], mask[row * length + i]) = (batch[row].Ids[i], true);
        }
        return bert.forward(tensor(ids, batch.Count, length), tensor(mask, batch.Count, 1, 1, length));
    }
}
