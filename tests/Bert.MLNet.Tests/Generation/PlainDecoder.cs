using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Generation;

/// <summary>
/// A decoder in loops over doubles, as slow and plain as the paper's formulas: it computes every text from its first token again, one at a
/// time, and keeps nothing.
/// </summary>
internal sealed class PlainDecoder(BertModel model)
{
    private readonly BertConfig _config = model.Decoder!.Config;
    private readonly BertWeights _weights = model.Decoder!.Weights;
    private readonly Dictionary<string, float[]> _read = [];

    /// <summary>Changes the logarithms of probabilities after a text, given what was subtracted from the scores.</summary>
    public Action<double[], int[], double> Change { get; init; } = (_, _, _) => { };

    /// <summary>A text and the sum of the logarithms of its tokens' probabilities.</summary>
    public sealed record Text(int[] Ids, double Sum);

    /// <summary>The logarithms of the probabilities of the token after a text.</summary>
    public double[] LogProbabilities(int[] source, int[] text)
    {
        double[][] memory = new PlainBert(model).LastHiddenState(source, new int[source.Length]);
        if (_config.HiddenSize != model.Config.HiddenSize)
            memory = Linear("enc_to_dec_proj", memory);
        double[][] hidden = [.. text.Select((id, i) => Norm("embeddings.LayerNorm",
            Add(Add(Row("embeddings.word_embeddings.weight", id), Row("embeddings.position_embeddings.weight", Place(text, i))),
                Row("embeddings.token_type_embeddings.weight", 0))))];
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            string name = $"encoder.layer.{layer}.";
            hidden = After(name + "attention.output", Attend(name + "attention.self.", hidden, hidden, isCausal: true), hidden);
            hidden = After(name + "crossattention.output", Attend(name + "crossattention.self.", hidden, memory, isCausal: false), hidden);
            hidden = After(name + "output", [.. Linear(name + "intermediate.dense", hidden).Select(row => row.Select(Gelu).ToArray())],
                hidden);
        }
        double[] last = Norm("cls.predictions.transform.LayerNorm", [.. Linear("cls.predictions.transform.dense", hidden[^1..])[0]
            .Select(Gelu)]);
        double[] scores = [.. Enumerable.Range(0, _config.VocabSize).Select(id =>
            Row("embeddings.word_embeddings.weight", id).Zip(last, (a, b) => a * b).Sum() + Values("cls.predictions.bias")[id])];
        double most = scores.Max(), all = most + Math.Log(scores.Sum(score => Math.Exp(score - most)));
        double[] probabilities = [.. scores.Select(score => score - all)];
        Change(probabilities, text, all);
        return probabilities;
    }

    /// <summary>All texts of up to a number of tokens that end, or have that number of tokens, by exhausting the beams.</summary>
    public IReadOnlyList<(int[] Ids, double Score)> Beams(int[] source, int beams, int maxLength, double penalty, int start, int end)
    {
        List<Text> running = [new([start], 0)];
        List<(int[] Ids, double Score)> complete = [];
        for (int length = 1; length < maxLength; length++)
        {
            Text[] best = [.. running.SelectMany(text => LogProbabilities(source, text.Ids).Select((probability, id) =>
                new Text([.. text.Ids, id], text.Sum + probability)))
                .OrderByDescending(text => text.Sum).Take(2 * beams)];
            bool isLast = length + 1 == maxLength;
            complete.AddRange(best.Take(beams).Where(text => isLast || text.Ids[^1] == end).Select(text => (text.Ids,
                text.Sum / Math.Pow(length, penalty))));
            complete = [.. complete.OrderByDescending(text => text.Score).Take(beams)];
            running = [.. best.Where(text => text.Ids[^1] != end).Take(beams)];
            if (complete.Count == beams && running[0].Sum / Math.Pow(length, penalty) <= complete[^1].Score)
                break;
        }
        return complete;
    }

    /// <summary>The text of the likeliest tokens, with the mean logarithm of their probabilities.</summary>
    public (int[] Ids, double Score) Likeliest(int[] source, int maxLength, int start, int end)
    {
        List<int> text = [start];
        double sum = 0;
        while (text.Count < maxLength && (text.Count == 1 || text[^1] != end))
        {
            double[] probabilities = LogProbabilities(source, [.. text]);
            sum += probabilities.Max();
            text.Add(Array.IndexOf(probabilities, probabilities.Max()));
        }
        return ([.. text], sum / (text.Count - 1));
    }

    private int Place(int[] text, int i) => _config.ModelType == "bert" ? i : text[i] == _config.PadTokenId ? _config.PadTokenId
        : _config.PadTokenId + 1 + i;

    private double[][] Attend(string name, double[][] readers, double[][] read, bool isCausal)
    {
        double[][] queries = Linear(name + "query", readers), keys = Linear(name + "key", read), values = Linear(name + "value", read);
        int heads = _config.NumAttentionHeads, size = _config.HiddenSize / heads;
        return [.. queries.Select((query, i) =>
        {
            double[] context = new double[query.Length];
            int seen = isCausal ? i + 1 : keys.Length;
            for (int head = 0; head < heads; head++)
            {
                Range part = (head * size)..((head + 1) * size);
                double[] weights = [.. keys.Take(seen).Select(key => Math.Exp(query[part].Zip(key[part], (a, b) => a * b)
                    .Sum() / Math.Sqrt(size)))];
                for (int j = 0; j < seen; j++)
                {
                    for (int k = head * size; k < (head + 1) * size; k++)
                        context[k] += weights[j] / weights.Sum() * values[j][k];
                }
            }
            return context;
        })];
    }

    private double[][] After(string name, double[][] input, double[][] before) =>
        [.. Linear(name + ".dense", input).Zip(before, (a, b) => Norm(name + ".LayerNorm", Add(a, b)))];

    private double[][] Linear(string name, double[][] rows)
    {
        float[] weight = Values(name + ".weight"), bias = Values(name + ".bias");
        int inputs = rows[0].Length;
        return [.. rows.Select(row => bias.Select((addend, output) => addend + row.Select((value, i) =>
            value * weight[output * inputs + i]).Sum()).ToArray())];
    }

    private double[] Norm(string name, double[] row)
    {
        double mean = row.Average(), deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + _config.LayerNormEps);
        return [.. row.Select((x, i) => (x - mean) / deviation * Values(name + ".weight")[i] + Values(name + ".bias")[i])];
    }

    private double[] Row(string name, int row)
    {
        int width = _weights[name].Shape[1];
        return [.. Values(name).AsSpan(row * width, width).ToArray().Select(value => (double)value)];
    }

    private float[] Values(string name)
    {
        if (!_read.TryGetValue(name, out float[]? values))
        {
            _read[name] = values = new float[_weights[name].Count];
            _weights[name].CopyTo(values);
        }
        return values;
    }

    private static double[] Add(double[] one, double[] other) => [.. one.Zip(other, (a, b) => a + b)];

    // The error function by its series, which converges for all numbers that occur here.
    private static double Gelu(double x)
    {
        double z = x / Math.Sqrt(2), term = z, sum = z;
        for (int n = 1; n < 200; n++)
        {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return 0.5 * x * (1 + 2 / Math.Sqrt(Math.PI) * sum);
    }
}
