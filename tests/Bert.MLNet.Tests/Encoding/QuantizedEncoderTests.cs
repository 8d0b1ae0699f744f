using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Testing;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Dense layers over int8 weights, and encoders of them.</summary>
public sealed class QuantizedEncoderTests
{
    private const string Dense = "encoder.layer.0.intermediate.dense";

    public static TheoryData<string> Checkpoints =>
        ["bert-tiny-random", "bert-seqclass-random", "bert-tokenclass-random", "bert-qa-random", "distilbert-random"];

    [Theory]
    [InlineData(-1, 1)]   // both signs: a zero point inside the range
    [InlineData(0.5, 4)]  // all above zero: the zero point is 0
    [InlineData(-9, -2)]  // all below zero: the zero point is 255
    [InlineData(0, 0)]    // all zero: the scale is 1
    public void A_dense_layer_equals_a_plain_loop_over_integers(double low, double high)
    {
        DenseLayer(low, high, reduceRange: true, unsigned: false);
        DenseLayer(low, high, reduceRange: false, unsigned: true);
        DenseLayer(low, high, reduceRange: false, unsigned: IntegerProducts.PreferUnsigned);
    }

    private static void DenseLayer(double low, double high, bool reduceRange, bool unsigned)
    {
        const int Rows = 7, Inputs = 32, Outputs = 64;
        BertWeights weights = new TinyCheckpoint().Load().Quantize(new BertQuantizationOptions { ReduceRange = reduceRange }).Weights!;
        var graph = new OnnxGraph("test", weights);
        string input = graph.Input("x", OnnxGraph.Float, "rows", Inputs);
        graph.Output("y", new QuantizedLayers(graph, unsigned).Linear(input, Dense + ".weight", Dense + ".bias", Inputs, Outputs), "rows",
            Outputs);

        float[] x = [.. SeededWeights.Values("activations", Rows * Inputs, 1)
            .Select(value => (float)(low + (high - low) * (0.5 + value / 8)))];
        using var session = new InferenceSession(graph.ToModel());
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(x, [Rows, Inputs]))]);
        float[] y = [.. results.Single().AsEnumerable<float>()];

        // DynamicQuantizeLinear as ONNX defines it, and the product of what it gives.
        float least = Math.Min(0, x.Min()), most = Math.Max(0, x.Max());
        float step = most == least ? 1 : (most - least) / 255;
        int zero = (int)Math.Clamp(MathF.Round(-least / step), 0, 255);
        int[] a = [.. x.Select(value => (int)Math.Clamp(MathF.Round(value / step) + zero, 0, 255))];
        ReadOnlySpan<sbyte> w = MemoryMarshal.Cast<byte, sbyte>(InRows(weights[Dense + ".weight"]));
        float[] scales = TensorValues.Of(weights[Dense + ".weight_scale"]), bias = TensorValues.Of(weights[Dense + ".bias"]);
        for (int row = 0; row < Rows; row++)
        {
            for (int o = 0; o < Outputs; o++)
            {
                int sum = 0;
                for (int i = 0; i < Inputs; i++)
                    sum += (a[row * Inputs + i] - zero) * w[o * Inputs + i];
                double expected = sum * ((double)step * scales[o]) + bias[o];
                // Were one of the integers another, it would be off by a whole step.
                Assert.True(Math.Abs(expected - y[row * Outputs + o]) <= step * scales[o] * 0.01 + 1e-6 * Math.Abs(expected),
                    $"[{row}, {o}] is {y[row * Outputs + o]}, but should be {expected}.");
            }
        }
    }

    [Fact]
    public void Int8_matrices_of_layers_are_in_memory_once()
    {
        BertModel model = new TinyCheckpoint().Load().Quantize();
        GraphWeight[] matrices = [
            .. BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!, standsAlone: false)
                .Weights.Values.Where(weight => weight.IsTransposed)];
        Assert.Equal(12, matrices.Length);
        Assert.All(matrices, weight => Assert.Same(model.Weights![weight.Name], weight.Of(model.Weights)));
    }

    [Fact]
    public void Rows_of_an_int8_table_are_values_times_scale()
    {
        BertWeights weights = new TinyCheckpoint().Load().Quantize().Weights!;
        int rows = weights["embeddings.word_embeddings.weight"].Shape[0];
        var graph = new OnnxGraph("test", weights);
        graph.Output("y", new QuantizedLayers(graph)
            .Gather("embeddings.word_embeddings.weight", graph.Input("ids", OnnxGraph.Int64, "batch", "sequence"), rows, 32), "batch",
            "sequence", 32);
        using var session = new InferenceSession(graph.ToModel());
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor("ids", new DenseTensor<long>(new long[] { 3, 0, rows - 1, 3 }, [2, 2]))]);
        float[] y = [.. results.Single().AsEnumerable<float>()];

        ReadOnlySpan<sbyte> table = MemoryMarshal.Cast<byte, sbyte>(weights["embeddings.word_embeddings.weight"].Bytes.Span);
        float[] scales = TensorValues.Of(weights["embeddings.word_embeddings.weight_scale"]);
        int at = 0;
        foreach (int id in new[] { 3, 0, rows - 1, 3 })
        {
            for (int i = 0; i < 32; i++)
                Assert.Equal(table[id * 32 + i] * scales[id], y[at++]);
        }
    }

    [Fact]
    public void ONNX_Runtime_makes_one_operator_of_each_layer_and_queries_keys_and_values_share_their_input()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint().Load().Quantize();
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            OptimizedModelFilePath = folder["optimized.onnx"],
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using (new InferenceSession(BertGraph.Create(model.Config, new(EncoderOutput.LastHiddenState), model.Weights!).ToModel(), options))
        {
        }
        byte[] optimized = File.ReadAllBytes(folder["optimized.onnx"]);
        Assert.Equal(2 * 3, Nodes(optimized, "DynamicQuantizeMatMul"));
        Assert.Equal(2 * 3, Nodes(optimized, "MatMulIntegerToFloat"));
        Assert.Equal(2, Nodes(optimized, "DynamicQuantizeLinear"));
        Assert.Equal(0, Nodes(optimized, "MatMulInteger"));
        Assert.Equal(0, Nodes(optimized, "Gemm"));
    }

    /// <summary>The float model is compared with HuggingFace's in <see cref="ReferenceEncodingTests"/>.</summary>
    [Theory, MemberData(nameof(Checkpoints))]
    public void Hidden_states_point_where_those_of_the_float_model_do(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        BertModel model = BertModel.FromPretrained(folder);
        using EncoderSession float32 = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState)),
            int8 = EncoderSession.Acquire(model.Quantize(), new(EncoderOutput.LastHiddenState));
        int width = model.Config.HiddenSize, tokens = 0;
        double sum = 0, most = 0;
        foreach (ReferenceModel.Case row in new ReferenceModel(folder).Cases)
        {
            float[] due = Run(float32, row), quantized = Run(int8, row);
            for (int at = 0; at < due.Length; at += width, tokens++)
            {
                double cosine = TensorPrimitives.CosineSimilarity<float>(due.AsSpan(at, width), quantized.AsSpan(at, width));
                Assert.True(cosine > 0.99, $"{row}, token {at / width}: {cosine}.");
                (sum, most) = (sum + cosine, Math.Max(most, Math.Abs(due[at] - quantized[at])));
            }
        }
        Assert.True(sum / tokens > 0.999, $"{checkpoint}: {sum / tokens}");
        Assert.True(most > 0, "Both are float.");
    }

    [Fact]
    public void The_same_batch_gives_the_same_bits_again_and_from_two_sessions()
    {
        BertModel model = new TinyCheckpoint().Load().Quantize();
        float[] Once(params ReadOnlySpan<EncoderOutput> outputs)
        {
            using EncoderSession session = EncoderSession.Acquire(model, new(outputs));
            using EncoderBatch batch = session.Rent(3, 9);
            for (int row = 0; row < 3; row++)
                batch.Fill(row, [2, 50 + row, 60, 70 + row, 3], 5);
            batch.Run();
            return [.. Enumerable.Range(0, 3).SelectMany(row => batch.Output(0, row).ToArray())];
        }
        using EncoderSession open = EncoderSession.Acquire(model, new(EncoderOutput.LastHiddenState));
        float[] first = Once(EncoderOutput.LastHiddenState);
        Assert.Equal(first, Once(EncoderOutput.LastHiddenState));
        Assert.Equal(first, Once(EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput));
    }

    [Theory]
    [InlineData("BertForSequenceClassification")]
    [InlineData("DistilBertForSequenceClassification")]
    [InlineData("MPNetForSequenceClassification")]
    [InlineData("RobertaForSequenceClassification")]
    [InlineData("ElectraForSequenceClassification")]
    [InlineData("AlbertForSequenceClassification")]
    [InlineData("ModernBertForSequenceClassification"), InlineData("DebertaV2ForSequenceClassification")]
    public void An_ONNX_folder_in_int8_is_opened_and_gives_the_bits_of_its_model(string architecture)
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load().Quantize();
        model.SavePretrained(folder.Path);
        model.SavePretrainedOnnx(folder.Path);
        Assert.False(File.Exists(folder["model.safetensors"]));
        Assert.True(File.Exists(folder["onnx", "model_quantized.onnx"]));
        Assert.DoesNotContain("quantization_config", File.ReadAllText(folder["config.json"]), StringComparison.Ordinal);

        BertModel graph = BertModel.FromPretrained(folder.Path);
        Assert.True(graph.IsQuantized);
        graph.SavePretrained(folder["again"]);
        Assert.Equal(graph.OnnxGraph, File.ReadAllBytes(folder["again", "onnx", "model_quantized.onnx"]));
        Assert.Equal(Logits(model), Logits(graph));

        model.SaveOnnx(folder["alone.onnx"]);
        Assert.Equal(graph.OnnxGraph, File.ReadAllBytes(folder["alone.onnx"]));
    }

    [Fact]
    public void An_ONNX_folder_of_a_float_model_has_a_float_graph()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load();
        model.SavePretrainedOnnx(folder["onnx"]);
        BertModel graph = BertModel.FromPretrained(folder["onnx"]);
        Assert.False(graph.IsQuantized);
        Assert.True(File.Exists(folder["onnx", "onnx", "model.onnx"]));
        Assert.Equal(Logits(model), Logits(graph));
    }

    [Theory]
    [InlineData(BertPooling.LastLayersMean, false), InlineData(BertPooling.LastLayersMean, true),
        InlineData(BertPooling.Mean | BertPooling.Cls, true)]
    public void An_ONNX_folder_of_a_model_that_makes_vectors_makes_them(BertPooling pooling, bool quantized)
    {
        using var folder = new TemporaryFolder();
        BertModel tiny = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load();
        float[] weights = [.. Enumerable.Range(0, tiny.Config.VocabSize).Select(id => 1f / (1 + id % 3))];
        BertModel model = tiny.WithSentence(
            new BertSentenceOptions
            {
                Pooling = pooling,
                NumberOfLastLayers = 2,
                Normalize = true,
                TokenWeights = pooling.HasFlag(BertPooling.Cls) ? null : weights,
            });
        if (quantized)
            model = model.Quantize();
        model.SavePretrainedOnnx(folder.Path);
        BertModel graph = BertModel.FromPretrained(folder.Path);
        Assert.Null(graph.Weights);

        using BertEmbeddingTransformer due = BertEmbeddingTransformer.Create(model), got = BertEmbeddingTransformer.Create(graph);
        string[] texts = ["it is good", "", "a very good movie , and the price was bad"];
        Assert.Equal(Vectors(due), Vectors(got));

        IEnumerable<float[]> Vectors(BertEmbeddingTransformer embedding) =>
            embedding.Embed(texts, TestContext.Current.CancellationToken).Select(text => text.Vector.ToArray());
    }

    private static float[] Run(EncoderSession session, ReferenceModel.Case row)
    {
        using EncoderBatch batch = session.Rent(1, row.InputIds.Length);
        row.InputIds.CopyTo(batch.InputIds(0));
        row.AttentionMask.CopyTo(batch.AttentionMask(0));
        row.TokenTypeIds.CopyTo(batch.TokenTypeIds(0));
        batch.Run();
        return batch.Output(0, 0).ToArray();
    }

    private static float[] Logits(BertModel model)
    {
        using EncoderSession session = EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits));
        using EncoderBatch batch = session.Rent(1, 6);
        batch.Fill(0, [2, 50, 4, 70, 80, 3], 6);
        batch.Run();
        return batch.Output(0, 0).ToArray();
    }

    /// <summary>Nodes of an operator: its name as the field of a protobuf message.</summary>
    private static int Nodes(ReadOnlySpan<byte> model, string operation)
    {
        const byte OperationField = 4 << 3 | 2;
        byte[] field = [OperationField, (byte)operation.Length, .. Encoding.ASCII.GetBytes(operation)];
        return model.Count((ReadOnlySpan<byte>)field);
    }

    private static byte[] InRows(BertTensor tensor)
    {
        byte[] rows = new byte[tensor.Bytes.Length];
        tensor.CopyRowsTo(rows);
        return rows;
    }
}
