using System.Text;
using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Hub;

namespace Bert.MLNet.Tests.Models;

/// <summary>Which files of a repository are a checkpoint, and how a model is opened by its name.</summary>
public class BertHubTests
{
    private static readonly string[] s_unneeded =
    [
        ".gitattributes", "README.md", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "rust_model.ot", "onnx/model.onnx",
        "onnx/model_quantized.onnx",
        "openvino/openvino_model.xml", "train_script.py", "checkpoint-500/config.json", "checkpoint-500/model.safetensors",
        "model.fp16.safetensors",
    ];

    [Fact]
    public async Task Only_the_files_of_the_checkpoint_are_downloaded()
    {
        ServedModel served = Tiny();
        string[] needed = [.. served.Files.Keys];
        Add(served, s_unneeded);
        await using HubWorld world = await HubWorld.StartAsync(served);
        await world.DownloadAsync();
        Assert.Equal(needed, world.Server.FilesServed.Order(StringComparer.Ordinal));
        Assert.Equal(HubWorld.Weights, world.Server.FilesServed.Last());
    }

    [Fact]
    public async Task A_graph_of_any_model_type_is_downloaded_where_there_are_no_weights()
    {
        using var folder = new TemporaryFolder();
        new TorchExport().Write(new TinyCheckpoint(), folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!;
        config["model_type"] = "some-encoder";
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        ServedModel served = new ServedModel().AddFolder(folder.Path);
        await using HubWorld world = await HubWorld.StartAsync(served);
        BertModel model = BertModel.FromPretrained(await world.DownloadAsync());
        Assert.Equal("some-encoder", model.Config.ModelType);
        Assert.Equal(served.Files["model.onnx"], model.OnnxGraph);
    }

    [Fact]
    public async Task A_checkpoint_in_shards_comes_with_all_that_its_index_names()
    {
        ServedModel served = Tiny();
        var map = new JsonObject();
        BertTensor[] tensors = [.. new TinyCheckpoint().Tensors()];
        foreach ((int shard, BertTensor[] part) in tensors.Chunk(20).Index())
        {
            string name = $"model-{shard + 1:00000}-of-{(tensors.Length + 19) / 20:00000}.safetensors";
            var stream = new MemoryStream();
            new Safetensors(part, Safetensors.DefaultMetadata).Write(stream);
            served.Files[name] = stream.ToArray();
            foreach (BertTensor tensor in part)
                map[tensor.Name] = name;
        }
        served.Files.Remove(HubWorld.Weights);
        served.Files[WeightFiles.Index] = Encoding.UTF8.GetBytes(new JsonObject { ["weight_map"] = map }.ToJsonString());
        string[] needed = [.. served.Files.Keys];
        Add(served, s_unneeded);
        await using HubWorld world = await HubWorld.StartAsync(served);
        BertModel model = BertModel.FromPretrained(await world.DownloadAsync());
        Assert.Equal(needed, world.Server.FilesServed.Order(StringComparer.Ordinal));
        Assert.Equal(tensors.Length, model.Weights!.ToFile(model.Config).Tensors.Count);
    }

    [Fact]
    public async Task Without_safetensors_the_graph_is_downloaded()
    {
        ServedModel served = Tiny();
        served.Files.Remove(HubWorld.Weights);
        Add(served, s_unneeded);
        await using HubWorld world = await HubWorld.StartAsync(served);
        await world.DownloadAsync();
        Assert.Equal("onnx/model.onnx", Assert.Single(world.Server.FilesServed, path => ServedModel.IsLarge(path)));
    }

    [Fact]
    public async Task A_repository_with_nothing_but_a_pickle_says_how_to_convert_it()
    {
        ServedModel served = Tiny();
        served.Files.Remove(HubWorld.Weights);
        Add(served, "pytorch_model.bin");
        await using HubWorld world = await HubWorld.StartAsync(served);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => world.DownloadAsync());
        Assert.Contains("'tiny/bert/pytorch_model.bin' are not read, because opening a pickle runs the code in it. Only safetensors " +
            "files are supported. Convert them once in Python", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pytorch_model.bin", world.Server.FilesServed);
    }

    [Fact]
    public async Task A_model_of_another_kind_is_refused_before_its_weights_come()
    {
        ServedModel served = Tiny();
        served.Files["config.json"] = """{"model_type":"gpt2"}"""u8.ToArray();
        await using HubWorld world = await HubWorld.StartAsync(served);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => world.DownloadAsync());
        Assert.Contains("gpt2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(HubWorld.Weights, world.Server.FilesServed);
    }

    [Fact]
    public async Task The_files_of_sentence_transformers_come_from_their_modules()
    {
        using var folder = new TemporaryFolder();
        string local = folder["model"];
        new TinyCheckpoint().Write(folder["model", "0_Transformer"]);
        await WriteAsync(folder["model", "0_Transformer", "sentence_bert_config.json"], """{"max_seq_length":17,"do_lower_case":false}""");
        await WriteAsync(folder["model", "1_Pooling", "config.json"], """{"word_embedding_dimension":32,"pooling_mode_max_tokens":true}""");
        await WriteAsync(folder["model", "2_Normalize", "config.json"], "{}");
        (string Path, string Type)[] modules = [("0_Transformer", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")];
        await WriteAsync(folder["model", "modules.json"], new JsonArray(
            [.. modules.Select((module, i) =>
                new JsonObject
                {
                    ["idx"] = i,
                    ["name"] = $"{i}",
                    ["path"] = module.Path,
                    ["type"] = "sentence_transformers.models." + module.Type,
                })]).ToJsonString());
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel().AddFolder(local));
        BertModel expected = BertModel.FromPretrained(local), actual = BertModel.FromPretrained(await world.DownloadAsync());
        Assert.Equal(expected.ContentHash, actual.ContentHash);
        Assert.Equal(17, actual.MaxSequenceLength);
        Assert.Equal(BertPooling.Max, actual.Sentence.Pooling);
    }

    [Fact]
    public async Task The_weights_of_modules_after_pooling_are_downloaded_too()
    {
        using var folder = new TemporaryFolder();
        BertModel tiny = new TinyCheckpoint().Load();
        tiny.WithSentence(SentenceModules.Options(tiny.Config.HiddenSize)).SavePretrained(folder["model"]);
        await using HubWorld world = await HubWorld.StartAsync(new ServedModel().AddFolder(folder["model"]));
        Assert.Equal(BertModel.FromPretrained(folder["model"]).ContentHash,
            BertModel.FromPretrained(await world.DownloadAsync()).ContentHash);
    }

    [Fact]
    public async Task A_model_is_opened_by_its_name()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        var options = new BertHubOptions
        {
            Endpoint = world.Server.Endpoint,
            CacheFolder = world.Cache,
            Token = "",
            Revision = "refs/pr/7",
        };
        BertModel expected = new TinyCheckpoint().Load();
        BertModel model = BertModel.FromPretrained(HubWorld.Model, options);
        Assert.Equal(expected.ContentHash, model.ContentHash);
        Assert.Equal(HubWorld.Model, model.Name);
        BertModel later = await BertModel.FromPretrainedAsync(
            HubWorld.Model, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(expected.ContentHash, later.ContentHash);
        Assert.Equal(world.Snapshot,
            await BertHub.DownloadAsync(HubWorld.Model, options with { LocalFilesOnly = true }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_goes_before_a_model_of_that_name()
    {
        await using HubWorld world = await HubWorld.StartAsync();
        string parent = "folder" + Guid.NewGuid().ToString("N")[..8], name = parent + "/bert";
        world.Server.Models[name] = world.Served;
        var options = new BertHubOptions { Endpoint = world.Server.Endpoint, CacheFolder = world.Cache, Token = "" };
        try
        {
            new TinyCheckpoint { Seed = "local" }.Write(name);
            string expected = new TinyCheckpoint { Seed = "local" }.Load().ContentHash;
            Assert.Equal(expected, BertModel.FromPretrained(name, options).ContentHash);
            Assert.Equal(expected, (await BertModel.FromPretrainedAsync(
                name, options, cancellationToken: TestContext.Current.CancellationToken)).ContentHash);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
        Assert.Empty(world.Server.Requests);
        Assert.NotEqual(new TinyCheckpoint { Seed = "local" }.Load().ContentHash, BertModel.FromPretrained(name, options).ContentHash);
    }

    [Theory]
    [InlineData("/no/such/folder")]
    [InlineData("no/such/folder")]
    [InlineData("../folder")]
    [InlineData("./folder")]
    [InlineData("a--b")]
    public async Task What_can_be_neither_folder_nor_model_says_what_to_pass(string name)
    {
        string message = Assert.Throws<DirectoryNotFoundException>(() => BertModel.FromPretrained(name)).Message;
        Assert.Equal($"'{name}' is neither an existing folder nor a valid name of a model on the hub. Pass a folder that contains " +
            "config.json, the vocabulary and the weights.", message);
        Assert.Equal(message, (await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => BertModel.FromPretrainedAsync(name, cancellationToken: TestContext.Current.CancellationToken))).Message);
    }

    private static ServedModel Tiny()
    {
        using var folder = new TemporaryFolder();
        return new ServedModel().AddFolder(new TinyCheckpoint().Write(folder.Path));
    }

    private static void Add(ServedModel served, params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            served.Files[path] = Encoding.UTF8.GetBytes(path);
    }

    private static Task WriteAsync(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
    }
}
