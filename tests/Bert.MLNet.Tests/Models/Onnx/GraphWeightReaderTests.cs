using System.Text.Json.Nodes;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Weights that are read from the ONNX graph of a checkpoint.</summary>
public sealed class GraphWeightReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BertModel"), InlineData("BertForSequenceClassification"), InlineData("BertForMaskedLM")]
    [InlineData("DistilBertModel"), InlineData("DistilBertForSequenceClassification")]
    [InlineData("MPNetModel"), InlineData("MPNetForMaskedLM")]
    [InlineData("RobertaModel"), InlineData("RobertaForSequenceClassification"), InlineData("XLMRobertaForTokenClassification")]
    [InlineData("ElectraModel"), InlineData("ElectraForPreTraining"), InlineData("AlbertModel"), InlineData("AlbertForQuestionAnswering")]
    [InlineData("ModernBertModel"), InlineData("ModernBertForMaskedLM")]
    [InlineData("DebertaV2Model"), InlineData("DebertaV2ForSequenceClassification")]
    public void They_are_those_of_the_checkpoint_that_PyTorch_exported(string architecture)
    {
        var tiny = new TinyCheckpoint { Architecture = architecture };
        Equal(tiny, new TorchExport().Write(tiny, _folder["paths"]));
        if (!architecture.StartsWith("ModernBert", StringComparison.Ordinal)) // has no biases
        {
            Equal(tiny, new TorchExport { HasPaths = false }.Write(tiny, _folder["numbers"]));
            Equal(tiny, new TorchExport { HasPaths = false, HasCopies = true }.Write(tiny, _folder["copies"]));
        }
    }

    [Theory]
    [InlineData("BertForTokenClassification"), InlineData("DistilBertForMaskedLM"), InlineData("MPNetModel")]
    [InlineData("RobertaForQuestionAnswering"), InlineData("ElectraForMaskedLM"), InlineData("AlbertForMaskedLM")]
    [InlineData("ModernBertForSequenceClassification"), InlineData("DebertaV2ForMaskedLM")]
    public void They_are_those_of_the_checkpoint_that_SaveOnnx_wrote(string architecture)
    {
        var tiny = new TinyCheckpoint { Architecture = architecture };
        tiny.Load().SavePretrainedOnnx(_folder.Path);
        Equal(tiny, _folder.Path);
    }

    [Fact]
    public void A_decoder_of_its_own_is_found_by_its_bias()
    {
        foreach (string architecture in (string[])["BertForMaskedLM", "RobertaForMaskedLM"])
        {
            var untied = new JsonObject { ["tie_word_embeddings"] = false };
            var tiny = new TinyCheckpoint { Architecture = architecture, HasDecoder = true, ExtraConfig = untied };
            Equal(tiny, new TorchExport { HasPaths = false }.Write(tiny, _folder[architecture]));
        }
    }

    [Fact]
    public void Half_precision_stays_half()
    {
        var tiny = new TinyCheckpoint { Type = TensorType.F16 };
        BertWeights read = Equal(tiny, new TorchExport { IsHalf = true }.Write(tiny, _folder.Path));
        Assert.All(read.Names, name => Assert.Equal(TensorType.F16, read[name].Type));
    }

    [Fact]
    public void They_are_quantized_and_saved_like_others()
    {
        var tiny = new TinyCheckpoint { Architecture = "BertForSequenceClassification" };
        BertModel graph = BertModel.FromPretrained(new TorchExport().Write(tiny, _folder["graph"]));
        BertWeights expected = tiny.Load().Quantize().Weights!;
        Equal(expected, graph.Quantize().Weights!);
        Equal(expected, BertModel.FromPretrained(_folder["graph"], quantization: new BertQuantizationOptions()).Weights!);

        graph.WithWeights().SavePretrained(_folder["saved"]);
        tiny.Write(_folder["original"]);
        Assert.Equal(Read(_folder["original", "model.safetensors"]), Read(_folder["saved", "model.safetensors"]));
    }

    /// <summary>Config and graph are of the encoder, although the config names a class with a head.</summary>
    [Fact]
    public void A_head_that_the_graph_leaves_out_is_left_out()
    {
        new TorchExport().Write(new TinyCheckpoint(), _folder.Path);
        Change("\"BertModel\"", "\"BertForSequenceClassification\"");
        BertModel read = BertModel.FromPretrained(_folder.Path).WithWeights();
        Assert.Equal(["BertModel"], read.Config.Architectures);
        Assert.False(read.Weights!.Contains("classifier.weight"));
    }

    [Fact]
    public void A_config_of_other_arithmetic_is_noticed()
    {
        new TorchExport().Write(new TinyCheckpoint(), _folder.Path);
        Change("\"gelu\"", "\"relu\"");
        string message = Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(_folder.Path).WithWeights()).Message;
        Assert.Contains("last_hidden_state", message, StringComparison.Ordinal);
        Assert.Contains("model.onnx", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_lie_are_noticed()
    {
        static string Swap(string name)
        {
            string[] parts = name.Split('.');
            return string.Join('.', parts.Select(part => part switch { "query" => "key", "key" => "query", _ => part }));
        }
        new TorchExport { HasPaths = false, Rename = Swap }.Write(new TinyCheckpoint(), _folder.Path);
        Assert.Throws<InvalidDataException>(() => BertModel.FromPretrained(_folder.Path).WithWeights());
    }

    [Fact]
    public void What_cannot_be_read_is_named()
    {
        new TorchExport { HasPaths = false }.Write(new TinyCheckpoint { Architecture = "ModernBertModel" }, _folder["numbers"]);
        Assert.Contains("'layers.0.attn.Wqkv.weight'", Refused(_folder["numbers"]), StringComparison.Ordinal);

        new TinyCheckpoint().Load().Quantize().SavePretrainedOnnx(_folder["int8"]);
        Assert.Contains("DynamicQuantizeLinear", Refused(_folder["int8"]), StringComparison.Ordinal);
    }

    private static BertWeights Equal(TinyCheckpoint tiny, string folder)
    {
        BertModel graph = BertModel.FromPretrained(folder);
        Assert.Null(graph.Weights);
        BertModel read = graph.WithWeights();
        Assert.Equal([tiny.Architecture], read.Config.Architectures);
        Equal(tiny.Load().Weights!, read.Weights!);
        return read.Weights!;
    }

    private static void Equal(BertWeights expected, BertWeights actual)
    {
        Assert.Equal(expected.Names.Order(), actual.Names.Order());
        Assert.All(expected.Names, name =>
        {
            Assert.Equal(expected[name].Shape, actual[name].Shape);
            Assert.Equal(expected[name].Bytes.ToArray(), actual[name].Bytes.ToArray());
        });
    }

    private static string Refused(string folder) =>
        Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(folder).WithWeights()).Message;

    private void Change(string what, string with) =>
        File.WriteAllText(_folder["config.json"], File.ReadAllText(_folder["config.json"]).Replace(what, with, StringComparison.Ordinal));

    /// <summary>The names and bytes of a file's tensors.</summary>
    private static Dictionary<string, byte[]> Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Safetensors.Read(stream, stream.Length, file).Tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Bytes.ToArray());
    }
}
