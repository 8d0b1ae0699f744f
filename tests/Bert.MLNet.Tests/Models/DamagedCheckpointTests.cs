using System.Text.Json.Nodes;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Folders that cannot be opened: one exception each, which names the file, what is wrong with it, and what to do.</summary>
public class DamagedCheckpointTests
{
    private const string Weights = "model.safetensors";
    private const string Words = "embeddings.word_embeddings.weight";
    private const string Query = "encoder.layer.0.attention.self.query.weight";

    public static TheoryData<string> Cases => [.. Damage.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void It_is_refused_with_file_fault_and_remedy(string damage)
    {
        using var temporary = new TemporaryFolder();
        string folder = new TinyCheckpoint().Write(temporary["checkpoint"]);
        (Action<string> apply, Type type, string[] fragments) = Damage[damage];
        apply(folder);

        Exception exception = Assert.Throws(type, () => BertModel.FromPretrained(folder));
        foreach (string fragment in fragments)
            Assert.Contains(fragment, exception.Message, StringComparison.Ordinal);
    }

    private static readonly Dictionary<string, (Action<string> Apply, Type Type, string[] Fragments)> Damage = new()
    {
        ["no config.json"] = (f => File.Delete(At(f, "config.json")), typeof(FileNotFoundException),
            ["config.json", "Pass the folder of a complete checkpoint"]),
        ["config.json is not JSON"] =
            (f => File.WriteAllText(At(f, "config.json"), "{ nope"), typeof(InvalidDataException),
                ["config.json", "not valid JSON", "Copy or download"]),
        ["config.json is a list"] =
            (f => File.WriteAllText(At(f, "config.json"), "[]"), typeof(InvalidDataException),
                ["config.json", "array instead of an object"]),
        ["config.json is empty"] =
            (f => File.WriteAllText(At(f, "config.json"), ""), typeof(InvalidDataException), ["config.json", "not valid JSON"]),
        ["config.json has a field twice"] = (f => File.WriteAllText(At(f, "config.json"), """{ "hidden_size": 32, "hidden_size": 64 }"""), typeof(InvalidDataException), ["config.json", "hidden_size"]),
        ["a field has a field twice"] = (f => File.WriteAllText(At(f, "config.json"), """{ "id2label": { "0": "a", "0": "b" } }"""), typeof(InvalidDataException), ["config.json", "'0'", "twice", "Copy or download"]),
        ["half a surrogate pair is escaped"] = (f => File.WriteAllText(At(f, "config.json"), """{ "id2label": { "0": "\ud83d" } }"""), typeof(InvalidDataException), ["config.json", "not valid JSON"]),
        ["a size is text"] = Config(
            "hidden_size", "32", typeof(InvalidDataException), "'hidden_size'", "\"32\"", "whole number", "Correct the file"),
        ["a size is negative"] = Config("num_hidden_layers", -1, typeof(InvalidDataException), "'num_hidden_layers'", "-1"),
        ["a size is no whole number"] = Config("intermediate_size", 1.5, typeof(InvalidDataException), "'intermediate_size'", "1.5"),
        ["heads do not divide the width"] =
            Config("num_attention_heads", 5, typeof(InvalidDataException), "hidden size of 32", "5 attention heads"),
        ["no layers"] = Config("num_hidden_layers", 0, typeof(InvalidDataException), "config.json", "'num_hidden_layers'", "is 0",
            "Correct the file"),
        ["fewer layers than the weights"] =
            Config("num_hidden_layers", 1, typeof(InvalidDataException), Weights, "'encoder.layer.1.attention.self.query.weight'",
                "config.json has 1 layers"),
        ["an absurd number of layers"] =
            Config("num_hidden_layers", int.MaxValue, typeof(InvalidDataException), Weights,
                "'encoder.layer.2.attention.self.query.weight'", "config.json"),
        ["an absurd width"] = Config("hidden_size", 1 << 30, typeof(InvalidDataException), Words, "config.json requires"),
        ["an absurd vocabulary"] = Config("vocab_size", int.MaxValue, typeof(InvalidDataException), Words, "2147483647"),
        ["an absurd number of labels"] =
            Config("num_labels", int.MaxValue, typeof(InvalidDataException), "'num_labels'", "2147483647", "id2label"),
        ["a vocabulary larger than its embeddings"] =
            (f => File.AppendAllText(At(f, "vocab.txt"), "extra\n"), typeof(InvalidDataException),
                ["checkpoint", "tokens", "vocab_size", "resize"]),
        ["a vocabulary that is cut between lines"] =
            Vocabulary(lines => lines[..^40], open: false, "has 87 tokens", "for 127", "truncated", "download it again", "add 40 lines"),
        ["a vocabulary that is cut within a line"] =
            Vocabulary(lines => [.. lines[..^40], "##1"], open: true, "cut off within its last line, '##1'"),
        ["a vocabulary that lacks its last line"] = Vocabulary(lines => lines[..^1], open: false, "has 126 tokens", "truncated"),
        ["a vocabulary whose last line is another's"] =
            Vocabulary(lines => [.. lines[..^1], "the"], open: true, "cut off within its last line, 'the'"),
        ["a vocabulary whose last line is a prefix"] =
            Vocabulary(lines => [.. lines[..^1], "##"], open: true, "cut off within its last line, '##'"),
        ["a vocabulary that is cut within a character"] =
            (f => File.WriteAllBytes(At(f, "vocab.txt"), [.. File.ReadAllBytes(At(f, "vocab.txt"))[..^6], 0xEF, 0xBD]),
                typeof(InvalidDataException), ["vocab.txt", "not UTF-8"]),
        ["a vocabulary without [SEP]"] =
            Vocabulary(lines => [.. lines.Select(line => line == "[SEP]" ? "[OTHER]" : line)], open: false, "no '[SEP]'", "sep_token"),
        ["a vocabulary of nothing but line ends"] =
            (f => File.WriteAllBytes(At(f, "vocab.txt"), [.. Enumerable.Repeat((byte)'\n', 2_000_001)]), typeof(InvalidDataException),
                ["vocab.txt", "more than 2000000 tokens"]),
        ["an endless vocabulary"] =
            (f => File.WriteAllBytes(At(f, "vocab.txt"), [.. Enumerable.Repeat((byte)'a', (32 << 20) + 1)]), typeof(InvalidDataException),
                ["vocab.txt", "at most 32 MB"]),
        ["an endless config"] = (
            f => File.WriteAllText(At(f, "config.json"), "{}" + new string(' ', 16 << 20)), typeof(InvalidDataException),
            ["config.json", "at most 16 MB"]),
        ["a config of too many values"] =
            (f => File.WriteAllText(At(f, "config.json"), $"{{\"x\":[{string.Join(',', Enumerable.Repeat('0', 2_000_002))}]}}"),
                typeof(InvalidDataException), ["config.json", "more than 2000000 values"]),
        ["no vocabulary"] = (f => File.Delete(At(f, "vocab.txt")), typeof(FileNotFoundException), ["vocab.txt"]),
        ["no weights"] = (f => File.Delete(At(f, Weights)), typeof(FileNotFoundException), [Weights, "model.onnx", "whole checkpoint"]),
        ["only a pickle"] = (f => File.Move(At(f, Weights), At(f, "pytorch_model.bin")), typeof(NotSupportedException),
            ["pytorch_model.bin", "pickle", "transformers.BertModel.from_pretrained", "save_pretrained"]),
        ["only an adapter"] = (f => File.WriteAllText(At(f, "adapter_config.json"), "{}"), typeof(NotSupportedException),
            ["adapter_config.json", "merge_and_unload"]),
        ["an adapter among the weights"] =
            Header(h => Rename(h, Query, "encoder.layer.0.attention.self.query.lora_A.weight"), typeof(NotSupportedException), "lora_A",
                "merge_and_unload"),
        ["a graph without its second file"] =
            Graph("model.onnx_data", 0, 4, typeof(FileNotFoundException), "'table'", "'model.onnx_data'", "not beside it"),
        ["a graph with weights past its second file"] =
            Graph("config.json", 1 << 20, 4, typeof(InvalidDataException), "'table'", "config.json", "beyond the end of"),
        ["a graph with more weights than its second file"] =
            Graph("config.json", 0, long.MaxValue, typeof(InvalidDataException), "'table'", "config.json"),
        ["a graph with weights outside the folder"] =
            Graph("../weights", 0, 4, typeof(InvalidDataException), "'../weights'", "leads out of its folder"),
        ["a graph of countless empty nodes"] = (f =>
        {
            File.Delete(At(f, Weights));
            File.WriteAllBytes(At(f, "model.onnx"),
                [0x3A, 0x82, 0x89, 0x7A, .. Enumerable.Repeat<byte[]>([0x0A, 0], 1_000_001).SelectMany(node => node)]);
        }, typeof(InvalidDataException), ["model.onnx", "more than 1000000 parts"]),
        ["an empty graph"] = (f => { File.Delete(At(f, Weights)); File.WriteAllText(At(f, "model.onnx"), ""); },
            typeof(InvalidDataException), ["model.onnx", "0 bytes"]),

        ["only weights of TensorFlow"] =
            (f => File.Move(At(f, Weights), At(f, "tf_model.h5")), typeof(NotSupportedException), ["tf_model.h5", "from_tf=True"]),
        ["a pointer of Git LFS"] =
            (f => File.WriteAllText(At(f, Weights), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 17547912\n"),
                typeof(InvalidDataException), [Weights, "git lfs pull"]),
        ["an empty weights file"] =
            (f => File.WriteAllBytes(At(f, Weights), []), typeof(InvalidDataException), [Weights, "0 bytes", "Copy or download"]),
        ["a header length beyond the format"] =
            (f => File.WriteAllBytes(At(f, Weights), [255, 255, 255, 255, 255, 255, 255, 127, .. new byte[100]]),
                typeof(InvalidDataException), [Weights, "9223372036854775807", "16000000"]),
        ["a header length with the highest bit"] =
            (f => File.WriteAllBytes(At(f, Weights), [0, 0, 0, 0, 0, 0, 0, 128, .. new byte[100]]), typeof(InvalidDataException),
                [Weights, "9223372036854775808"]),
        ["a header longer than the file"] =
            (f => File.WriteAllBytes(At(f, Weights), [0, 1, 0, 0, 0, 0, 0, 0, .. new byte[100]]), typeof(InvalidDataException),
                [Weights, "256 bytes", "108 bytes"]),
        ["a header that is not JSON"] =
            (f => new SafetensorsFile("not JSON", []).Write(At(f, Weights)), typeof(InvalidDataException), [Weights, "header"]),
        ["a header with a list"] =
            (f => new SafetensorsFile("[]", []).Write(At(f, Weights)), typeof(InvalidDataException), [Weights, "StartArray"]),
        ["a header that never ends"] =
            (f => new SafetensorsFile("{\"a\":", []).Write(At(f, Weights)), typeof(InvalidDataException), [Weights, "header"]),
        ["a header without tensors"] =
            (f => new SafetensorsFile("{}", []).Write(At(f, Weights)), typeof(InvalidDataException), [Weights, Words, "not a BERT model"]),
        ["a tensor twice in the header"] =
            Bytes(file => file with { Header = file.Header.Replace(Query, Words, StringComparison.Ordinal) }, typeof(InvalidDataException),
                Weights, Words, "twice"),
        ["a tensor without a type"] =
            Header(h => h[Words]!.AsObject().Remove("dtype"), typeof(InvalidDataException), Weights, Words, "dtype"),
        ["an unknown item type"] = Header(h => h[Words]!["dtype"] = "F4", typeof(NotSupportedException), Words, "'F4'", "float32"),
        ["an item type in lower case"] = Header(h => h[Words]!["dtype"] = "f32", typeof(NotSupportedException), Words, "'f32'"),
        ["weights of doubles"] = (f => WriteDoubles(At(f, Weights)), typeof(NotSupportedException), [Weights, Words, "F64", "float32"]),
        ["a shape that is no list"] = Header(h => h[Words]!["shape"] = 7, typeof(InvalidDataException), Words, "list"),
        ["a negative size"] = Header(h => h[Words]!["shape"]![0] = -1, typeof(InvalidDataException), Words, "non-negative integer"),
        ["a shape that overflows"] =
            Header(h => h[Words]!["shape"] = new JsonArray(long.MaxValue, long.MaxValue, long.MaxValue), typeof(InvalidDataException),
                Words, "does not match its bytes"),
        ["a shape that contradicts the bytes"] =
            Header(h => h[Words]!["shape"]![0] = 1, typeof(InvalidDataException), Words, "does not match its bytes"),
        ["offsets that overlap"] = Header(h => Shift(h, Query, -4), typeof(InvalidDataException), Query, "overlap"),
        ["offsets with a gap"] = Header(h => Shift(h, Query, 4), typeof(InvalidDataException), "overlap or leave a gap"),
        ["offsets that run backwards"] =
            Header(h => h[Words]!["data_offsets"] = new JsonArray(100, 0), typeof(InvalidDataException), Words, "100 to 0"),
        ["three offsets"] = Header(
            h => h[Words]!["data_offsets"] = new JsonArray(0, 1, 2), typeof(InvalidDataException), Words, "data_offsets"),
        ["a truncated file"] = Bytes(
            file => file with { Data = file.Data[..^1] }, typeof(InvalidDataException), Weights, "truncated", "Copy or download"),
        ["bytes after the last tensor"] =
            Bytes(file => file with { Data = [.. file.Data, 0] }, typeof(InvalidDataException), Weights, "1 bytes follow"),
        ["a missing tensor"] = Header(
            h => Rename(h, Query, "something.else"), typeof(InvalidDataException), Weights, Query, "[32, 32]", "save_pretrained"),
        ["a tensor of another shape"] =
            Header(h => h[Query]!["shape"] = new JsonArray(16, 64), typeof(InvalidDataException), Weights, Query, "[16, 64]", "[32, 32]"),
        ["two spellings of one tensor"] =
            Header(h => Rename(h, "encoder.layer.0.output.LayerNorm.bias", "embeddings.LayerNorm.beta"), typeof(InvalidDataException),
                "embeddings.LayerNorm.beta", "embeddings.LayerNorm.bias", "same tensor"),
        ["two encoders"] = Header(
            h => Rename(h, Query, "other." + Words), typeof(InvalidDataException), Words, "other." + Words, "several encoders"),
    };

    [Theory]
    [InlineData("model_type", "gpt2", "model_type 'gpt2'", "albert, bert, camembert")]
    [InlineData("position_embedding_type", "relative_key", "'position_embedding_type'", "'relative_key'")]
    [InlineData("is_decoder", true, "'is_decoder'", "encoders")]
    [InlineData("is_encoder_decoder", true, "'is_encoder_decoder'", "encoders")]
    [InlineData("add_cross_attention", true, "'add_cross_attention'", "encoders")]
    [InlineData("embedding_size", 16, "'embedding_size'", "16")]
    [InlineData("hidden_act", "mish", "'mish'", "gelu_new")]
    public void A_field_that_changes_the_arithmetic_is_refused_by_name(string field, object value, params string[] fragments) =>
        Refused(field, System.Text.Json.JsonSerializer.SerializeToNode(value), fragments);

    [Fact]
    public void Objects_that_change_the_arithmetic_are_refused_by_name()
    {
        Refused("pruned_heads", new JsonObject { ["1"] = new JsonArray(0) }, "'pruned_heads'");
        Refused("quantization_config", new JsonObject { ["bits"] = 8 }, "'quantization_config'", "'quant_method'");
        Refused("auto_map", new JsonObject { ["AutoModel"] = "modeling.JinaBertModel" }, "'auto_map'", "code");
    }

    [Fact]
    public void Fields_that_change_nothing_are_accepted()
    {
        var config = new JsonObject
        {
            ["position_embedding_type"] = "absolute", ["chunk_size_feed_forward"] = 4, ["pruned_heads"] = new JsonObject(),
            ["is_decoder"] = false,
            ["use_cache"] = true, ["return_dict"] = true, ["torchscript"] = true, ["classifier_dropout"] = null,
            ["quantization_config"] = null,
            ["output_attentions"] = true, ["torch_dtype"] = "float16", ["embedding_size"] = 32,
        };
        Assert.Equal(2, new TinyCheckpoint { ExtraConfig = config }.Load().Config.NumHiddenLayers);
    }

    [Fact]
    public void A_file_instead_of_its_folder_says_what_to_do()
    {
        using var temporary = new TemporaryFolder();
        new TinyCheckpoint().Write(temporary.Path);
        string message = Assert.Throws<DirectoryNotFoundException>(() => BertModel.FromPretrained(temporary[Weights])).Message;
        Assert.Contains("is a file. Pass the folder", message, StringComparison.Ordinal);
    }

    private static void Refused(string field, JsonNode? value, params string[] fragments)
    {
        using var temporary = new TemporaryFolder();
        string folder = new TinyCheckpoint { ExtraConfig = new JsonObject { [field] = value } }.Write(temporary.Path);
        string message = Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(folder)).Message;
        Assert.All([.. fragments, "config.json"], fragment => Assert.Contains(fragment, message, StringComparison.Ordinal));
    }

    private static string At(string folder, string file) => Path.Combine(folder, file);

    private static (Action<string>, Type, string[]) Config(string field, JsonNode value, Type type, params string[] fragments) => (folder =>
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(At(folder, "config.json")))!.AsObject();
        config[field] = value.DeepClone();
        File.WriteAllText(At(folder, "config.json"), config.ToJsonString());
    }, type, fragments);

    private static (Action<string>, Type, string[]) Vocabulary(Func<string[], string[]> change, bool open, params string[] fragments) => (
        folder => File.WriteAllText(
            At(folder, "vocab.txt"), string.Join('\n', change([.. TinyCheckpoint.Vocabulary])) + (open ? "" : "\n")),
        typeof(InvalidDataException), ["vocab.txt", .. fragments]);

    private static (Action<string>, Type, string[]) Graph(
        string location, long offset, long length, Type type, params string[] fragments) => (folder =>
    {
        File.Delete(At(folder, Weights));
        File.WriteAllBytes(At(folder, "model.onnx"), ExternalGraph.Write(location, offset, length, rows: 1, width: 1));
    }, type, ["model.onnx", .. fragments]);

    private static (Action<string>, Type, string[]) Bytes(
        Func<SafetensorsFile, SafetensorsFile> change, Type type, params string[] fragments) =>
        (folder => change(SafetensorsFile.Read(At(folder, Weights))).Write(At(folder, Weights)), type, fragments);

    private static (Action<string>, Type, string[]) Header(Action<JsonObject> change, Type type, params string[] fragments) =>
        Bytes(file => file.WithHeader(change), type, fragments);

    private static void Rename(JsonObject header, string from, string to)
    {
        JsonNode tensor = header[from]!;
        header.Remove(from);
        header[to] = tensor;
    }

    private static void Shift(JsonObject header, string name, int by)
    {
        JsonArray offsets = header[name]!["data_offsets"]!.AsArray();
        header[name]!["data_offsets"] = new JsonArray(offsets.Select(offset => (JsonNode)(offset!.GetValue<long>() + by)).ToArray());
    }

    private static void WriteDoubles(string path)
    {
        using FileStream stream = File.Create(path);
        new Safetensors([.. new TinyCheckpoint().Tensors().Select(tensor => new BertTensor(tensor.Name, TensorType.F64, tensor.Shape))],
            Safetensors.DefaultMetadata).Write(stream);
    }
}
