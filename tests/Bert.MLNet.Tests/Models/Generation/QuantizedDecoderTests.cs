using System.Text.Json.Nodes;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Generation;

namespace Bert.MLNet.Tests.Models.Generation;

/// <summary>Encoders and decoders in int8.</summary>
public sealed class QuantizedDecoderTests : IDisposable
{
    private const string Cross = "encoder.layer.0.crossattention.self.value.weight";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertModel")]
    [InlineData("RobertaModel")]
    public void Scores_are_those_of_a_plain_computation_with_the_rounded_weights_up_to_the_rounding_of_activations(string architecture)
    {
        BertModel model = TinySequences.Of(architecture), quantized = model.Quantize();
        Assert.True(quantized.IsQuantized);
        Assert.True(quantized.Decoder!.Weights.HasQuantized(Cross));
        Assert.False(quantized.Decoder.Weights.HasQuantized("enc_to_dec_proj.weight"));
        int[] source = TinySequences.Sources(model)[1], text = [model.Decoder!.StartTokenId, 9, 30, 11];
        using var generator = new TextGenerator(quantized);
        float[][] scores = generator.ScoresOf(TinySequences.Source(source), text);
        var plain = new PlainDecoder(Rounded(model, quantized));
        for (int i = 0; i < text.Length; i++)
        {
            double all = TokenScores.LogSumExp(scores[i]);
            double[] expected = plain.LogProbabilities(source, text[..(i + 1)]);
            double spread = expected.Max() - expected.Min();
            Assert.True(scores[i].Zip(expected).Average(pair => Math.Abs(pair.First - all - pair.Second)) < 0.03 * spread);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_int8_model_is_opened_with_equal_weights_and_writes_equal_texts(bool shares)
    {
        BertModel model = shares
            ? new TinyCheckpoint { Seed = "int8" }.Load().WithDecoder(new BertDecoderOptions { SharesEncoder = true })
            : TinySequences.Model;
        BertModel quantized = model.Quantize();
        quantized.SavePretrained(_folder["int8"]);
        BertModel again = BertModel.FromPretrained(_folder["int8"]);
        Assert.True(again.IsQuantized);
        Assert.Equal(Texts(quantized), Texts(again));
        model.SavePretrained(_folder["float"]);
        Assert.Equal(Texts(quantized), Texts(BertModel.FromPretrained(_folder["float"], quantization: new())));
        again.SavePretrained(_folder["again"]);
        Assert.Equal(File.ReadAllBytes(_folder["int8", "model.safetensors"]), File.ReadAllBytes(_folder["again", "model.safetensors"]));
        Assert.True(new FileInfo(_folder["int8", "model.safetensors"]).Length
            < 0.6 * new FileInfo(_folder["float", "model.safetensors"]).Length);
        JsonNode field = JsonNode.Parse(File.ReadAllText(_folder["int8", "config.json"]))!["quantization_config"]!;
        Assert.Equal("compressed-tensors", (string?)field["quant_method"]);
        Assert.Contains(field["ignore"]!.AsArray(), module =>
            $"{module}".StartsWith("decoder.bert.embeddings.position", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => again.Quantize());
        model.SavePretrained(_folder["int8"]);
        Assert.False(BertModel.FromPretrained(_folder["int8"]).IsQuantized);
    }

    [Fact]
    public void Modules_of_either_part_are_left_as_they_are_and_unknown_ones_refused()
    {
        BertModel model = TinySequences.Model;
        BertModel quantized = model.Quantize(new BertQuantizationOptions { ModulesToNotConvert = ["crossattention", "encoder.layer.1"] });
        Assert.False(quantized.Decoder!.Weights.HasQuantized(Cross));
        Assert.True(quantized.Decoder.Weights.HasQuantized("encoder.layer.0.output.dense.weight"));
        foreach (BertWeights weights in new[] { quantized.Weights!, quantized.Decoder.Weights })
            Assert.False(weights.HasQuantized("encoder.layer.1.output.dense.weight"));
        Assert.Contains("'nothing'", Assert.Throws<ArgumentException>(
            () => model.Quantize(new BertQuantizationOptions { ModulesToNotConvert = ["nothing"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Most_generated_sequences_of_the_trained_reference_do_not_change()
    {
        var reference = new ReferenceSequences("bert2bert-trained");
        BertModel model = BertModel.FromPretrained(reference.Folder);
        int same = 0, all = 0, sameFirst = 0;
        using TextGenerator floats = new(model), integers = new(model.Quantize());
        foreach (BertGenerationOptions options in reference.Generated.Select(one => ReferenceSequences.OptionsOf(
            one.GetProperty("parameters"))))
        {
            foreach (int[] source in reference.Sources.Values)
            {
                (int[] expected, int[] actual) = (Best(floats, source, options), Best(integers, source, options));
                all++;
                same += expected.SequenceEqual(actual) ? 1 : 0;
                sameFirst += expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count() > expected.Length / 2 ? 1 : 0;
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{same} of {all} sequences are equal, {sameFirst} in their first half");
        Assert.True(same > all / 2, $"{same} of {all}");
    }

    private static int[] Best(TextGenerator generator, int[] source, BertGenerationOptions options)
    {
        TokenSequence<GeneratedSequence[]> sequence = TinySequences.Source(source);
        generator.Run([sequence], options);
        return sequence.Kept[0].Ids;
    }

    private static string[] Texts(BertModel model)
    {
        using var generator = new TextGenerator(model);
        return [.. TinySequences.Sources(model).Select(source => string.Join(' ', Best(generator, source, new() { NumBeams = 2 })))];
    }

    /// <summary>The model with the values that the int8 weights stand for.</summary>
    private static BertModel Rounded(BertModel model, BertModel quantized) => new(
        model.Config, model.Tokenizer, Floats(quantized.Weights!), model.Sentence, model.Name)
    {
        Decoder = model.Decoder!.With(Floats(quantized.Decoder!.Weights)),
    };

    private static BertWeights Floats(BertWeights weights) => BertWeights.Create(weights.Names
        .Where(name => !name.EndsWith("_scale", StringComparison.Ordinal) && name != CanonicalNames.Decoder).Select(name =>
        {
            BertTensor tensor = weights[name];
            float[] values = new float[tensor.Count];
            if (!weights.HasQuantized(name))
            {
                tensor.CopyTo(values);
                return (name, tensor.Shape, values);
            }
            byte[] rows = new byte[tensor.Count];
            tensor.CopyRowsTo(rows);
            float[] scales = new float[tensor.Shape[0]];
            weights[name + "_scale"].CopyTo(scales);
            for (int i = 0; i < values.Length; i++)
                values[i] = (sbyte)rows[i] * scales[i / tensor.Shape[1]];
            return (name, tensor.Shape, values);
        }));
}
