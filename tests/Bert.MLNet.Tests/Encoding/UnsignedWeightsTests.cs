using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>
/// An int8 model computes the same bits with unsigned weights as with signed ones, wherever products of signed ones are exact.
/// </summary>
[Collection(nameof(IntegerForm))]
public sealed class UnsignedWeightsTests
{
    private static readonly int[] s_ids = [2, 17, 40, 4, 90, 3, 55, 61, 3];

    /// <summary>7 bits are exact in both forms on every processor, 8 bits at least as this one needs them.</summary>
    [Theory]
    [InlineData("BertModel", "last_hidden_state"), InlineData("DistilBertModel", "last_hidden_state")]
    [InlineData("BertModel", "pooler_output"), InlineData("BertForSequenceClassification", "logits")]
    [InlineData("BertForMaskedLM", "words"), InlineData("DistilBertForMaskedLM", "words")]
    public void Both_forms_of_the_weights_give_the_same_bits(string architecture, string output)
    {
        EncoderOutput asked = output switch
        {
            "pooler_output" => EncoderOutput.PoolerOutput,
            "logits" => EncoderOutput.SequenceLogits,
            "words" => EncoderOutput.MaskedWordLogits,
            _ => EncoderOutput.LastHiddenState,
        };
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        foreach ((bool reduceRange, bool? form) in new (bool, bool?)[] { (true, false), (true, null), (false, null) })
        {
            BertModel Quantized() => model.Quantize(new BertQuantizationOptions { ReduceRange = reduceRange });
            float[] expected = IntegerForm.With(form, () => Run(Quantized(), asked)),
                unsigned = IntegerForm.With(true, () => Run(Quantized(), asked));
            Assert.Equal(expected, unsigned);
            Assert.True(expected.Distinct().Count() > 1);
        }
    }

    [Fact]
    public void The_graph_of_a_session_multiplies_in_the_form_that_was_asked_for()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load().Quantize();
        foreach (bool unsigned in new[] { false, true })
        {
            OnnxGraph graph = BertGraph.Create(
                model.Config, new(EncoderOutput.MaskedWordLogits), model.Weights!, standsAlone: false, unsigned);
            GraphWeight[] matrices = [.. graph.Weights.Values.Where(weight => weight.IsTransposed)];
            Assert.Equal(13, matrices.Length);
            Assert.All(matrices, weight => Assert.Equal(unsigned ? OnnxGraph.UInt8 : OnnxGraph.Int8, weight.ElementType));
            // The table of tokens is looked up, not multiplied.
            Assert.Equal(OnnxGraph.Int8, graph.Weights["embeddings.word_embeddings.weight_quantized"].ElementType);
        }
        using var weights = IntegerForm.With(true, () => new EncoderWeights(model.Weights!));
        Assert.True(weights.AreUnsigned);
    }

    [Fact]
    public void An_unsigned_matrix_is_the_signed_one_plus_128_and_the_checkpoint_stays_as_it_is()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load().Quantize();
        foreach (string name in new[] { "encoder.layer.1.output.dense.weight", "cls.predictions.decoder.weight" })
        {
            BertTensor tensor = model.Weights![name];
            int outputs = tensor.Shape[0], inputs = tensor.Shape[1];
            byte[] rows = new byte[tensor.Count];
            tensor.CopyRowsTo(rows);
            ReadOnlySpan<byte> unsigned =
                new GraphWeight(name, OnnxGraph.UInt8, IsTransposed: true, [inputs, outputs]).Of(model.Weights).Bytes.Span;
            for (int o = 0; o < outputs; o++)
            {
                for (int i = 0; i < inputs; i++)
                    Assert.Equal((sbyte)rows[o * inputs + i] + 128, unsigned[i * outputs + o]);
            }
        }
        model.SavePretrained(folder["before"]);
        IntegerForm.With(true, () => Run(model, EncoderOutput.LastHiddenState));
        model.SavePretrained(folder["after"]);
        Assert.Equal(File.ReadAllBytes(folder["before", "model.safetensors"]), File.ReadAllBytes(folder["after", "model.safetensors"]));
    }

    [Fact]
    public void One_zip_serves_processors_of_both_kinds()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new Row { Text = "the film was great" }, new Row { Text = "not so good" } });
        BertModel model = new TinyCheckpoint().Load().Quantize(new BertQuantizationOptions { ReduceRange = true });
        foreach (bool unsigned in new[] { false, true })
        {
            using BertEmbeddingTransformer made =
                IntegerForm.With(unsigned, () => ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(data));
            ml.Model.Save(made, data.Schema, folder[$"{unsigned}.zip"]);
        }
        Assert.Equal(Vectors("True.zip", unsigned: false), Vectors("False.zip", unsigned: true));

        float[][] Vectors(string file, bool unsigned) => IntegerForm.With(unsigned, () =>
        {
            ITransformer loaded = ml.Model.Load(folder[file], out _);
            using var owner = (IDisposable)loaded;
            return loaded.Transform(data).GetColumn<float[]>("Features").ToArray();
        });
    }

    /// <summary>ONNX Runtime is asked to do in a graph that came whole what is done here with weights.</summary>
    [Fact]
    public void A_graph_in_a_folder_gives_the_same_bits_in_both_forms()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load().Quantize();
        model.SavePretrainedOnnx(folder.Path);
        float[] Logits(bool? unsigned) =>
            IntegerForm.With(unsigned, () => Run(BertModel.FromPretrained(folder.Path), EncoderOutput.SequenceLogits));
        Assert.Equal(Run(model, EncoderOutput.SequenceLogits), Logits(null));
        Assert.Equal(Logits(null), Logits(true));
    }

    [Fact]
    public void Sessions_over_one_model_share_the_unsigned_weights()
    {
        BertModel model = new TinyCheckpoint().Load().Quantize();
        using var weights = IntegerForm.With(true, () => new EncoderWeights(model.Weights!));
        var matrix = new GraphWeight("encoder.layer.0.intermediate.dense.weight", OnnxGraph.UInt8, IsTransposed: true, [32, 64]);
        Assert.Same(weights.Get("matrix", matrix), weights.Get("matrix", matrix));
    }

    [Fact]
    public void What_is_written_says_on_which_processors_it_is_exact()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint().Load();
        Assert.Contains("AVX-512 VNNI", Metadata(model.Quantize())["int8_exact_on"], StringComparison.Ordinal);
        Assert.Contains("session.x64quantprecision", Metadata(model.Quantize())["int8_exact_on"], StringComparison.Ordinal);
        Assert.Equal("every processor", Metadata(model.Quantize(new BertQuantizationOptions { ReduceRange = true }))["int8_exact_on"]);
        Assert.Empty(Metadata(model));

        Dictionary<string, string> Metadata(BertModel some)
        {
            some.SaveOnnx(folder["model.onnx"]);
            using var session = new InferenceSession(folder["model.onnx"]);
            return session.ModelMetadata.CustomMetadataMap;
        }
    }

    private static float[] Run(BertModel model, EncoderOutput output)
    {
        using EncoderSession session = EncoderSession.Acquire(model, new(output));
        bool isMasked = output == EncoderOutput.MaskedWordLogits;
        using EncoderBatch batch = session.Rent(1, s_ids.Length, isMasked ? 1 : 0);
        batch.Fill(0, s_ids, 6);
        if (isMasked)
            batch.MaskedPositions[0] = 3;
        batch.Run();
        return batch.Output(0, 0).ToArray();
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }
}
