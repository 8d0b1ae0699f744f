using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>The encoder once more, one row at a time in loops over doubles, as slow and plain as the paper's formulas.</summary>
internal sealed partial class PlainBert(BertModel model)
{
    private readonly BertConfig _config = model.Config;

    private bool IsMPNet => _config.ModelType == "mpnet";

    private bool IsRoberta => _config.ModelType is "roberta" or "xlm-roberta" or "camembert";

    private bool IsDeberta => _config.ModelType == "deberta-v2";

    private bool IsModernBert => _config.ModelType == "modernbert";

    /// <summary>The hidden states [length][hidden] after the embeddings and after each layer.</summary>
    public double[][][] HiddenStates(int[] ids, int[] types)
    {
        double[][] words = Matrix("embeddings.word_embeddings.weight");
        double[][]? positions = model.Weights!.Contains("embeddings.position_embeddings.weight")
            ? Matrix("embeddings.position_embeddings.weight") : null;
        double[][]? kinds = _config.TypeVocabSize > 0 ? Matrix("embeddings.token_type_embeddings.weight") : null;
        int[] places = IsMPNet || IsRoberta
            ? [.. ids.Select((id, i) => id == 1 ? 1 : 1 + ids[..(i + 1)].Count(other => other != 1))]
            : [.. Enumerable.Range(0, ids.Length)];
        double[][] hidden = [.. ids.Select((id, i) =>
            Norm("embeddings.LayerNorm", Add(Add(words[id], positions?[places[i]] ?? new double[words[id].Length]),
            kinds?[Math.Min(types[i], kinds.Length - 1)] ?? new double[words[id].Length])))];
        if (_config.ModelType is "electra" or "albert")
            hidden = Linear("embeddings.projection", hidden);
        var states = new List<double[][]> { hidden };
        for (int layer = 0; layer < _config.NumHiddenLayers; layer++)
        {
            double[][] output = Blocks(layer).Aggregate(hidden, (input, name) => Layer(layer, name, input));
            states.Add(hidden = layer == 0 && _config.ConvKernelSize > 0 ? Convolve(hidden, output) : output);
        }
        return [.. states];
    }

    /// <summary>The last hidden states [length][hidden], normalized where the last layer's output is not.</summary>
    public double[][] LastHiddenState(int[] ids, int[] types)
    {
        double[][] hidden = HiddenStates(ids, types)[^1];
        return IsModernBert ? [.. hidden.Select(row => Norm("encoder.final.LayerNorm", row))] : hidden;
    }

    /// <summary>The masked-language-modelling head's scores [position][vocabulary].</summary>
    public double[][] MaskedWordScores(int[] ids, int[] types, int[] positions)
    {
        double[][] words = Matrix(_config.TieWordEmbeddings ? "embeddings.word_embeddings.weight" : "cls.predictions.decoder.weight");
        (string transform, string norm, string biasName) = _config.Legacy
            ? ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions")
            : ("lm_predictions.lm_head.dense", "lm_predictions.lm_head.LayerNorm", "lm_predictions.lm_head");
        double[] bias = Bias(biasName, words.Length);
        double[][] hidden = LastHiddenState(ids, types);
        return [.. Linear(transform, [.. positions.Select(position => hidden[position])])
            .Select(row => Norm(norm, [.. row.Select(Activate)]))
            .Select(row => words.Select((word, id) => Dot(word, row) + bias[id]).ToArray())];
    }

    /// <summary>The logits of a row's labels.</summary>
    public double[] SequenceLogits(int[] ids, int[] types) => IsModernBert ? ModernLogits(ids, types) : IsDeberta
        ? Linear("classifier", [[.. Linear("context_pooler.dense", [HiddenStates(ids, types)[^1][0]])[0].Select(Activate)]])[0]
        : IsMPNet || IsRoberta
        ? Linear("classifier.out_proj", [[.. Linear("classifier.dense", [HiddenStates(ids, types)[^1][0]])[0].Select(Math.Tanh)]])[0]
        : _config.ModelType == "electra"
        ? Linear("classifier.out_proj", [[.. Linear("classifier.dense", [HiddenStates(ids, types)[^1][0]])[0].Select(Activate)]])[0]
        : _config.ModelType == "distilbert"
        ? Linear("classifier", [[.. Linear("pre_classifier", [HiddenStates(ids, types)[^1][0]])[0].Select(x => Math.Max(x, 0))]])[0]
        : Linear("classifier", [Pooled(ids, types)])[0];

    // The mean comes before the head's layers, or the first token does.
    private double[] ModernLogits(int[] ids, int[] types)
    {
        double[][] hidden = LastHiddenState(ids, types);
        double[] row = _config.ClassifierPooling == "mean" ? [.. hidden[0].Select((_, i) => hidden.Average(token => token[i]))] : hidden[0];
        return Linear("classifier", [.. Linear("cls.predictions.transform.dense", [row]).Select(ModernTransform)])[0];
    }

    private double[] ModernTransform(double[] row) => Norm("cls.predictions.transform.LayerNorm", [.. row.Select(Activate)]);

    /// <summary>The logits of each token that somebody replaced it.</summary>
    public double[] ReplacedTokenLogits(int[] ids, int[] types) =>
    [
        .. Linear("discriminator_predictions.dense_prediction", [.. Linear("discriminator_predictions.dense", HiddenStates(ids, types)[^1])
            .Select(row => row.Select(Activate).ToArray())]).Select(token => token[0]),
    ];

    /// <summary>The logits of the second text following the first, and of a random one.</summary>
    public double[] NextSentenceLogits(int[] ids, int[] types) => Linear("cls.seq_relationship", [Pooled(ids, types)])[0];

    /// <summary>A linear head over every token [length][outputs]: <c>classifier</c> or <c>qa_outputs</c>.</summary>
    public double[][] TokenLogits(string head, int[] ids, int[] types) => IsModernBert
        ? Linear("classifier", [.. Linear("cls.predictions.transform.dense", LastHiddenState(ids, types)).Select(ModernTransform)])
        : Linear(head, HiddenStates(ids, types)[^1]);

    private double[] Pooled(int[] ids, int[] types) => [.. Linear("pooler.dense", [HiddenStates(ids, types)[^1][0]])[0].Select(Math.Tanh)];

    private double[][] Layer(int layer, string name, double[][] input)
    {
        if (IsModernBert)
            return ModernLayer(layer, name, input);
        double[][] attended = Linear(name + "attention.output.dense", Attention(layer, name + "attention.self.", input));
        double[][] middle = [.. attended.Zip(input, (a, b) => Norm(name + "attention.output.LayerNorm", Add(a, b)))];
        double[][] expanded = [.. Linear(name + "intermediate.dense", middle).Select(row => row.Select(Activate).ToArray())];
        if (IsNomicBert)
            expanded = [.. Linear(name + "intermediate.gate", middle).Zip(expanded, (gate, row) =>
                gate.Zip(row, (a, b) => a * b).ToArray())];
        return [.. Linear(name + "output.dense", expanded).Zip(middle, (a, b) => Norm(name + "output.LayerNorm", Add(a, b)))];
    }

    private double[][] ModernLayer(int layer, string name, double[][] input)
    {
        double[][] read = layer == 0 ? input : [.. input.Select(row => Norm(name + "attention.output.LayerNorm", row))];
        double[][] middle = [.. Linear(name + "attention.output.dense", Attention(layer, name + "attention.self.", read)).Zip(input, Add)];
        double[][] normed = [.. middle.Select(row => Norm(name + "output.LayerNorm", row))];
        double[][] gates = Linear(name + "intermediate.gate", normed);
        double[][] expanded = [.. Linear(name + "intermediate.dense", normed)
            .Select((row, i) => row.Select((x, j) => Activate(x) * gates[i][j]).ToArray())];
        return [.. Linear(name + "output.dense", expanded).Zip(middle, Add)];
    }

    /// <summary>Each pair of values, half a head apart, as a complex number times e to the i times an angle.</summary>
    private double[][] Turn(int layer, double[][] rows) => [.. rows.Select((row, position) =>
    {
        int size = _config.HiddenSize / _config.NumAttentionHeads;
        double theta = IsLocal(layer) ? _config.LocalRopeTheta!.Value : _config.GlobalRopeTheta;
        return row.Select((value, i) =>
        {
            int inHead = i % size, pair = inHead % (size / 2);
            double angle = position / Math.Pow(theta, 2.0 * pair / size);
            return inHead < size / 2
                ? value * Math.Cos(angle) - row[i + size / 2] * Math.Sin(angle)
                : value * Math.Cos(angle) + row[i - size / 2] * Math.Sin(angle);
        }).ToArray();
    })];

    private bool IsLocal(int layer) => IsModernBert && layer % _config.GlobalAttnEveryNLayers > 0;

    private double[][] Attention(int layer, string name, double[][] input)
    {
        double[][] query = Linear(name + "query", input), key = Linear(name + "key", input), value = Linear(name + "value", input);
        if (IsModernBert || IsNomicBert && !_config.PositionBiasedInput)
            (query, key) = (Turn(layer, query), Turn(layer, key));
        int size = _config.HiddenSize / _config.NumAttentionHeads;
        (double[][] keysOfDistances, double[][] queriesOfDistances) = Distances(name);
        double root = Math.Sqrt(
            size * (1 + (_config.PosAttType.Contains("c2p", StringComparison.Ordinal) ? 1 : 0)
            + (_config.PosAttType.Contains("p2c", StringComparison.Ordinal) ? 1 : 0)));
        double[][]? bias = IsMPNet ? Matrix("encoder.relative_attention_bias.weight") : null;
        double[][] context = [.. input.Select(row => new double[row.Length])];
        for (int head = 0; head < _config.NumAttentionHeads; head++)
        {
            Range part = (head * size)..((head + 1) * size);
            for (int i = 0; i < input.Length; i++)
            {
                double[] scores = [.. key.Select((k, j) =>
                    IsLocal(layer) && Math.Abs(i - j) > _config.LocalAttention / 2
                    ? 0 : Math.Exp((Dot(query[i][part], k[part])
                    + (keysOfDistances.Length > 0 ? Dot(query[i][part], keysOfDistances[Row(i - j)][part]) : 0)
                    + (queriesOfDistances.Length > 0 ? Dot(k[part], queriesOfDistances[Row(i - j)][part]) : 0))
                    / root + (bias?[Bucket(j - i)][head] ?? 0)))];
                for (int j = 0; j < input.Length; j++)
                {
                    for (int d = part.Start.Value; d < part.End.Value; d++)
                        context[i][d] += scores[j] / scores.Sum() * value[j][d];
                }
            }
        }
        return context;
    }

    // 16 buckets for each side: distances 0 to 7, then one more bucket whenever the distance grows by the square root of 2.
    private static int Bucket(int distance)
    {
        int n = Math.Abs(distance), bucket = Math.Min(n, 8);
        while (n >= 8 && bucket < 15 && n * n >= 64 << (bucket - 7))
            bucket++;
        return bucket + (distance > 0 ? 16 : 0);
    }

    // With 4 buckets to a side: distances of up to 2 have their own, and the others are one or two more.
    private int Row(int distance)
    {
        if (_config.PositionBuckets < 1)
            return Math.Clamp(distance + _config.MaxPositionEmbeddings, 0, 2 * _config.MaxPositionEmbeddings - 1);
        int far = Math.Abs(distance) <= 2
            ? Math.Abs(distance)
            : 2 + (int)Math.Ceiling(Math.Log(Math.Abs(distance) / 2.0) / Math.Log((_config.MaxPositionEmbeddings - 1) / 2.0));
        return Math.Clamp(Math.Sign(distance) * far + 4, 0, 7);
    }

    private double Activate(double x) => Activate(_config.HiddenAct, x);

    private static double Activate(string name, double x) => name switch
    {
        "gelu" or "gelu_python" => x * NormalDistribution(x),
        "gelu_new" or "gelu_fast" or "gelu_accurate" or "gelu_pytorch_tanh" =>
            0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        "quick_gelu" => x / (1 + Math.Exp(-1.702 * x)),
        "relu" => Math.Max(x, 0),
        "silu" or "swish" => x / (1 + Math.Exp(-x)),
        "tanh" => Math.Tanh(x),
        _ => throw new NotSupportedException(name),
    };

    /// <summary>Φ by its power series, which converges for every x that a tiny checkpoint has.</summary>
    private static double NormalDistribution(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= x * x / (2 * n + 1);
            sum += term;
        }
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    private double[] Norm(string name, double[] row)
    {
        double[] weight = Matrix(name + ".weight")[0], bias = Bias(name, row.Length);
        double mean = row.Average();
        double scale = 1 / Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + _config.LayerNormEps);
        return [.. row.Select((x, i) => (x - mean) * scale * weight[i] + bias[i])];
    }

    private double[][] Linear(string name, double[][] input)
    {
        double[][] weight = Matrix(name + ".weight");
        double[] bias = Bias(name, weight.Length);
        return [.. input.Select(row => weight.Select((w, i) => Dot(w, row) + bias[i]).ToArray())];
    }

    private double[] Bias(string name, int length) =>
        model.Weights!.Contains(name + ".bias") ? Matrix(name + ".bias")[0] : new double[length];

    private double[][] Matrix(string name)
    {
        BertTensor tensor = model.Weights![name];
        float[] values = TensorValues.Of(tensor);
        return [.. values.Chunk(tensor.Shape[^1]).Select(row => row.Select(x => (double)x).ToArray())];
    }

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
