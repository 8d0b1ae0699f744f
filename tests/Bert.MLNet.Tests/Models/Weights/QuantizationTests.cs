using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Weights to int8, and what of a checkpoint becomes so, in memory and in its files.</summary>
public sealed class QuantizationTests : IDisposable
{
    private const string Query = "encoder.layer.1.attention.self.query.weight";

    private static readonly string[] DenseLayers =
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense",
            "output.dense"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F32", false)]
    [InlineData("F16", false)]
    [InlineData("BF16", false)]
    [InlineData("F32", true)]
    public void Each_output_takes_the_whole_range_and_no_value_is_further_off_than_half_a_step(string type, bool reduceRange)
    {
        BertModel model = new TinyCheckpoint { Type = Enum.Parse<TensorType>(type) }.Load();
        BertModel quantized = model.Quantize(new BertQuantizationOptions { ReduceRange = reduceRange });
        int limit = reduceRange ? 64 : 127;
        foreach (string name in new[] { Query, "embeddings.word_embeddings.weight", "encoder.layer.0.output.dense.weight" })
        {
            float[] weights = TensorValues.Of(model.Weights![name]), scales = TensorValues.Of(quantized.Weights![name + "_scale"]);
            ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(InRows(quantized.Weights[name]));
            int columns = weights.Length / scales.Length;
            Assert.Equal(model.Weights[name].Shape, quantized.Weights[name].Shape);
            for (int row = 0; row < scales.Length; row++)
            {
                float largest = 0;
                int most = 0;
                for (int i = row * columns; i < (row + 1) * columns; i++)
                {
                    largest = Math.Max(largest, Math.Abs(weights[i]));
                    most = Math.Max(most, Math.Abs(values[i]));
                    Assert.True(Math.Abs(weights[i] - values[i] * (double)scales[row]) <= scales[row] * 0.5001,
                        $"{name}[{i}]: {weights[i]} became {values[i]} × {scales[row]}.");
                }
                Assert.Equal(limit, most);
                Assert.Equal(largest / limit, scales[row]);
            }
        }
    }

    [Fact]
    public void Values_round_to_even_and_a_row_of_zeros_stays_zero()
    {
        BertTensor[] tensors = [.. new TinyCheckpoint().Tensors()];
        BertTensor query = tensors.Single(tensor => tensor.Name == Query);
        Span<float> weights = MemoryMarshal.Cast<byte, float>(query.Writable.Span);
        weights[..64].Clear();
        // The largest is 127 steps of 0.25, so that the others fall between two steps.
        ((ReadOnlySpan<float>)[31.75f, 0.125f, 0.375f, -0.125f, -0.375f, 0.1251f, -31.75f]).CopyTo(weights[32..]);
        BertWeights quantized = Model(tensors).Quantize().Weights!;
        Assert.Equal(new sbyte[] { 127, 0, 2, 0, -2, 1, -127, 0 },
            MemoryMarshal.Cast<byte, sbyte>(InRows(quantized[Query]))[32..40].ToArray());
        Assert.Equal(0.25f, TensorValues.Of(quantized[Query + "_scale"])[1]);
        Assert.Equal(new sbyte[32], MemoryMarshal.Cast<byte, sbyte>(InRows(quantized[Query]))[..32].ToArray());
        Assert.True(TensorValues.Of(quantized[Query + "_scale"])[0] is > 0 and < float.PositiveInfinity);

        weights[5] = float.NaN;
        Assert.Contains(Query, Assert.Throws<InvalidDataException>(() => Model(tensors).Quantize()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertModel", "", "encoder.layer")]
    [InlineData("BertForPreTraining", "bert.", "bert.encoder.layer")]
    [InlineData("BertForQuestionAnswering", "bert.", "bert.encoder.layer")]
    [InlineData("DistilBertForSequenceClassification", "distilbert.", "distilbert.transformer.layer")]
    [InlineData("DistilBertForMaskedLM", "distilbert.", "distilbert.transformer.layer")]
    [InlineData("MPNetForMaskedLM", "mpnet.", "mpnet.encoder.layer")]
    [InlineData("ModernBertForMaskedLM", "model.", "model.layers")]
    public void The_dense_layers_and_the_token_embeddings_are_int8_and_nothing_else(string architecture, string encoder, string layers)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        BertModel quantized = model.Quantize();
        string[] parts = architecture.StartsWith("Distil", StringComparison.Ordinal)
            ? ["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "ffn.lin1", "ffn.lin2"]
            : architecture.StartsWith("MPNet", StringComparison.Ordinal)
                ? ["attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "intermediate.dense", "output.dense"]
            : architecture.StartsWith("Modern", StringComparison.Ordinal) ? ["attn.Wqkv", "attn.Wo", "mlp.Wi", "mlp.Wo"]
            : DenseLayers;
        string words = architecture.StartsWith("Modern", StringComparison.Ordinal)
            ? "embeddings.tok_embeddings.weight"
            : "embeddings.word_embeddings.weight";
        string[] due = [encoder + words, .. Enumerable.Range(0, 2).SelectMany(i => parts.Select(part => $"{layers}.{i}.{part}.weight"))];

        IReadOnlyList<BertTensor> before = model.Weights!.ToFile(model.Config).Tensors,
            after = quantized.Weights!.ToFile(quantized.Config).Tensors;
        Assert.Equal(due.Order(), after.Where(tensor => tensor.Type == TensorType.I8).Select(tensor => tensor.Name).Order());
        Assert.Equal(due.Select(name => name + "_scale").Order(),
            after.Select(tensor => tensor.Name).Except(before.Select(tensor => tensor.Name)).Order());
        foreach (BertTensor tensor in before.Where(tensor => !due.Contains(tensor.Name)))
            Assert.Equal(tensor.Bytes.ToArray(), after.Single(other => other.Name == tensor.Name).Bytes.ToArray());
        Assert.True(quantized.IsQuantized);
        Assert.False(model.IsQuantized);
    }

    [Fact]
    public void A_decoder_of_its_own_is_int8_and_one_that_is_tied_is_not_written_twice()
    {
        var untied = new TinyCheckpoint
        {
            Architecture = "BertForMaskedLM",
            HasDecoder = true,
            ExtraConfig = new JsonObject { ["tie_word_embeddings"] = false },
        };
        Assert.Equal(TensorType.I8, untied.Load().Quantize().Weights!["cls.predictions.decoder.weight"].Type);

        BertModel tied = new TinyCheckpoint { Architecture = "BertForMaskedLM", HasDecoder = true }.Load().Quantize();
        Assert.DoesNotContain(tied.Weights!.ToFile(tied.Config).Tensors,
            tensor => tensor.Name.Contains("decoder", StringComparison.Ordinal));
        Assert.Same(tied.Weights["embeddings.word_embeddings.weight"], tied.Weights["cls.predictions.decoder.weight"]);
    }

    [Theory]
    [InlineData("BertModel", "encoder.layer.0", 7)]
    [InlineData("BertModel", "query", 11)]
    [InlineData("BertModel", "attention.output.dense", 11)]
    [InlineData("BertModel", "output.dense", 9)]
    [InlineData("BertModel", "word_embeddings", 12)]
    [InlineData("BertModel", "pooler", 13)]
    [InlineData("DistilBertModel", "ffn.lin2", 11)]
    [InlineData("MPNetModel", "attn.q", 11)]
    [InlineData("ModernBertModel", "Wqkv", 7)]
    [InlineData("NomicBertModel", "mlp.fc2", 9)]
    [InlineData("DistilBertModel", "transformer.layer.1", 7)]
    public void Modules_by_name_stay_as_they_are(string architecture, string module, int left)
    {
        BertModel quantized = new TinyCheckpoint { Architecture = architecture }.Load()
            .Quantize(new BertQuantizationOptions { ModulesToNotConvert = [module] });
        string[] names = [.. quantized.Weights!.ToFile(quantized.Config).Tensors.Where(tensor => tensor.Type == TensorType.I8)
            .Select(tensor => tensor.Name)];
        Assert.Equal(left, names.Length);
        Assert.DoesNotContain(names, name => $".{name}".Contains($".{module}.", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_without_a_module_and_lists_that_leave_nothing_are_refused()
    {
        BertModel model = new TinyCheckpoint().Load();
        Assert.Contains("'encoder.layer.7'",
            Assert.Throws<ArgumentException>(
            () => model.Quantize(new BertQuantizationOptions { ModulesToNotConvert = ["encoder.layer.7"] })).Message,
                StringComparison.Ordinal);
        Assert.Contains("leaves nothing",
            Assert.Throws<ArgumentException>(
            () => model.Quantize(new BertQuantizationOptions { ModulesToNotConvert = ["encoder", "word_embeddings"] })).Message,
                StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BertForSequenceClassification")]
    [InlineData("DistilBertForMaskedLM")]
    [InlineData("MPNetForMaskedLM")]
    [InlineData("RobertaForMaskedLM")]
    [InlineData("ElectraForMaskedLM")]
    public void Quantized_while_it_is_read_or_afterwards_it_is_the_same_and_survives_its_files(string architecture)
    {
        string source = new TinyCheckpoint { Architecture = architecture }.Write(_folder["source"]);
        var options = new BertQuantizationOptions { ModulesToNotConvert = ["layer.0.attention"] };
        BertModel afterwards = BertModel.FromPretrained(source).Quantize(options),
            read = BertModel.FromPretrained(source, quantization: options);
        Assert.Equal(afterwards.ContentHash, read.ContentHash);

        read.SavePretrained(_folder["saved"]);
        BertModel again = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(read.ContentHash, again.ContentHash);
        Assert.True(again.IsQuantized);

        // In HuggingFace's words, the modules of these kinds that are not int8.
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["saved", "config.json"]))!["quantization_config"]!;
        Assert.Equal("compressed-tensors", (string?)config["quant_method"]);
        string[] ignored = [.. config["ignore"]!.AsArray().Select(name => (string)name!)];
        Assert.Contains(ignored, name => name.EndsWith("embeddings.position_embeddings", StringComparison.Ordinal));
        Assert.Contains(ignored, name => name.Contains("layer.0.attention.", StringComparison.Ordinal));
        Assert.DoesNotContain(ignored,
            name => name.Contains("layer.1.", StringComparison.Ordinal) || name.EndsWith("word_embeddings", StringComparison.Ordinal));
    }

    [Fact]
    public void Shards_are_quantized_as_one_file_is()
    {
        BertTensor[] tensors = [.. new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Tensors()];
        string folder = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Write(_folder["shards"]);
        BertWeights due = BertModel.FromPretrained(folder).Quantize().Weights!;
        File.Delete(_folder["shards", "model.safetensors"]);
        var map = new JsonObject();
        for (int i = 0; i < 2; i++)
        {
            string shard = $"model-0000{i + 1}-of-00002.safetensors";
            BertTensor[] part = i == 0 ? tensors[..10] : tensors[10..];
            using FileStream stream = File.Create(_folder["shards", shard]);
            new Safetensors(part, Safetensors.DefaultMetadata).Write(stream);
            foreach (BertTensor tensor in part)
                map[tensor.Name] = shard;
        }
        File.WriteAllText(_folder["shards", "model.safetensors.index.json"], new JsonObject { ["weight_map"] = map }.ToJsonString());
        BertWeights quantized = BertModel.FromPretrained(folder, quantization: new BertQuantizationOptions()).Weights!;
        Assert.Equal(due.Names.Order(), quantized.Names.Order());
        Assert.All(due.Names, name => Assert.Equal(InRows(due[name]), InRows(quantized[name])));
    }

    [Fact]
    public void A_matrix_that_memory_has_by_columns_is_by_rows_in_the_file()
    {
        BertModel quantized = new TinyCheckpoint().Load().Quantize();
        quantized.SavePretrained(_folder["int8"]);
        BertModel read = BertModel.FromPretrained(_folder["int8"]);
        using FileStream stream = File.OpenRead(_folder["int8", "model.safetensors"]);
        foreach (BertTensor tensor in Safetensors.Read(stream, stream.Length, "int8").Tensors)
        {
            bool isLayer = tensor.Type == TensorType.I8 && tensor.Name.Contains("layer", StringComparison.Ordinal);
            Assert.All([quantized.Weights![tensor.Name], read.Weights![tensor.Name]], inMemory =>
            {
                Assert.Equal(isLayer, inMemory.IsByColumns);
                Assert.Equal(tensor.Bytes.ToArray(), InRows(inMemory));
                for (int i = 0; isLayer && i < tensor.Count; i++)
                    Assert.Equal(tensor.Bytes.Span[i], inMemory.Bytes.Span[i % tensor.Shape[1] * tensor.Shape[0] + i / tensor.Shape[1]]);
            });
        }
    }

    [Fact]
    public void The_file_of_weights_is_a_quarter_of_F32_where_matrices_are_large()
    {
        var wide = new TinyCheckpoint { HiddenSize = 256, IntermediateSize = 1024 };
        wide.Write(_folder["wide"]);
        BertModel.FromPretrained(_folder["wide"]).Quantize().SavePretrained(_folder["int8"]);
        long before = new FileInfo(_folder["wide", "model.safetensors"]).Length,
            after = new FileInfo(_folder["int8", "model.safetensors"]).Length;
        // The pooler and 64 positions stay floats: 256 × (256 + 64 + …) × 4 bytes.
        Assert.InRange(after, before / 4, before / 4 + 3 * (256 * 256 + 70 * 256) + 65_536);
    }

    [Fact]
    public void What_cannot_be_quantized_is_refused_with_what_to_do()
    {
        BertModel int8 = new TinyCheckpoint().Load().Quantize();
        Assert.Contains("already int8", Assert.Throws<InvalidOperationException>(() => int8.Quantize()).Message, StringComparison.Ordinal);
        int8.SavePretrained(_folder["int8"]);
        Assert.Contains("already int8",
            Assert.Throws<InvalidOperationException>(
            () => BertModel.FromPretrained(_folder["int8"], quantization: new BertQuantizationOptions())).Message,
                StringComparison.Ordinal);

        new TinyCheckpoint().Write(_folder["graph"]);
        File.Delete(_folder["graph", "model.safetensors"]);
        File.WriteAllBytes(_folder["graph", "model.onnx"], [8, 9, 10]);
        BertModel Quantized() => BertModel.FromPretrained(_folder["graph"], quantization: new BertQuantizationOptions());
        Assert.Contains("not an ONNX graph", Assert.Throws<InvalidDataException>(Quantized).Message, StringComparison.Ordinal);
        new TinyCheckpoint().Load().Quantize().SaveOnnx(_folder["graph", "model.onnx"]);
        Assert.Contains("already int8", Assert.Throws<InvalidOperationException>(Quantized).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_without_its_scales_is_refused_by_name()
    {
        BertModel int8 = new TinyCheckpoint().Load().Quantize();
        BertTensor[] tensors = [.. int8.Weights!.ToFile(int8.Config).Tensors.Where(tensor => tensor.Name != Query + "_scale")];
        string message = Assert.Throws<NotSupportedException>(() => Model(tensors)).Message;
        Assert.Contains($"'{Query}_scale'", message, StringComparison.Ordinal);
        Assert.Contains("[32, 1]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quant_method", "\"bitsandbytes\"", "quant_method")]
    [InlineData("format", "\"pack-quantized\"", "format")]
    [InlineData("config_groups", """{"group_0":{"targets":["Linear"],"weights":{"num_bits":4,"strategy":"channel","symmetric":true,"type":"int"}}}""", "weights.num_bits")]
    [InlineData("config_groups", """{"group_0":{"targets":["Linear"],"weights":{"num_bits":8,"strategy":"channel"},"input_activations":{"dynamic":true,"strategy":"token","symmetric":true}}}""", "input_activations.strategy")]
    public void Another_arithmetic_is_refused_by_the_field_that_asks_for_it(string field, string value, string named)
    {
        new TinyCheckpoint().Load().Quantize().SavePretrained(_folder["int8"]);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["int8", "config.json"]))!;
        config["quantization_config"]![field] = JsonNode.Parse(value);
        File.WriteAllText(_folder["int8", "config.json"], config.ToJsonString());
        Assert.Contains($"'{named}' of 'quantization_config'",
            Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(_folder["int8"])).Message, StringComparison.Ordinal);
    }

    private static BertModel Model(BertTensor[] tensors)
    {
        BertModel tiny = new TinyCheckpoint().Load();
        return new BertModel(tiny.Config, tiny.Tokenizer,
            BertWeights.FromFile(new Safetensors(tensors, Safetensors.DefaultMetadata), "model.safetensors", tiny.Config.Family));
    }

    private static byte[] InRows(BertTensor tensor)
    {
        byte[] rows = new byte[tensor.Bytes.Length];
        tensor.CopyRowsTo(rows);
        return rows;
    }
}
