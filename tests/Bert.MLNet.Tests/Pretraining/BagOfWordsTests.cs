using Bert.MLNet.Pretraining;
using Bert.MLNet.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public class BagOfWordsTests
{
    [Fact]
    public void Rare_words_count_more_and_repeated_ones_once()
    {
        TorchRuntime.EnsureLoaded();
        float[] weights = [1e-3f / (1e-3f + 0.9f), 1e-3f / (1e-3f + 0.1f), 1, 1];
        float[][] vectors = [[1, 2, 4], [0, -1, 2]];
        float[][] table = [[0.1f, 0.2f, 0.3f], [-0.5f, 0, 1], [2, 1, 0], [0, 0, 0.7f]];
        float[] bias = [0, 0.1f, 0.2f, -0.3f];
        ushort[][] texts = [[0, 1, 1], [2, 0, 2, 3]];

        using DisposeScope scope = NewDisposeScope();
        double loss = new BagOfWords(weights)
            .Loss(tensor([.. vectors.SelectMany(v => v)], 2, 3), texts, tensor([.. table.SelectMany(v => v)], 4, 3),
            tensor(bias)).item<float>();

        Assert.Equal(Enumerable.Range(0, 2).Average(i => Plain(vectors[i], [.. texts[i].Distinct()])), loss, 1e-5);

        double Plain(float[] vector, ushort[] words)
        {
            double mean = vector.Average(), deviation = Math.Sqrt(vector.Average(x => (x - mean) * (x - mean)) + 1e-5);
            double[] scores = [.. table.Select((row, id) => bias[id] + row.Select((x, k) => x * (vector[k] - mean) / deviation).Sum())];
            double logOfSum = Math.Log(scores.Sum(Math.Exp));
            return words.Sum(id => weights[id] * (logOfSum - scores[id])) / words.Sum(id => weights[id]);
        }
    }
}
