using System.CommandLine;
using System.Text.Json.Nodes;
using Bert.MLNet.Cli;
using Bert.MLNet.Cli.Bulk;
using Bert.MLNet.Cli.Files;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary>A run goes on from the lines of one that would have written the same, and of no other.</summary>
public sealed class RunIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RunIdentityTests() => File.WriteAllText(_folder["in.jsonl"], "no JSON\n");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--pooling Cls --prompt Mean", "--pooling Mean --prompt Cls")]
    [InlineData("--pooling Mean --prompt Mean", "--pooling Mean")]
    [InlineData("--pooling Mean --prompt Mean", "--prompt Mean")]
    [InlineData("--prompt=--quiet", "")]
    [InlineData("--prompt=--quiet --quiet", "--quiet")]
    [InlineData("--prompt=--resume", "--prompt=--json")]
    [InlineData("--normalize true", "--normalize false")]
    [InlineData("--max-length 12", "--max-length 21")]
    public void Other_options_are_another_run(string one, string other) => Assert.NotEqual(Embed(one), Embed(other));

    [Theory]
    [InlineData("--pooling Cls --prompt Mean", "--prompt Mean --pooling Cls")]
    [InlineData("--pooling Cls", "--pooling=Cls --quiet")]
    [InlineData("", "--verbose --json -v q")]
    [InlineData("--output a.jsonl", "-o b.jsonl")]
    [InlineData("--shard 1/2", "--shard auto --shards 2")] // what a part answers is compared separately
    public void The_order_of_options_and_what_is_told_do_not_matter(string one, string other) => Assert.Equal(Embed(one), Embed(other));

    [Fact]
    public void Another_verb_is_another_run() => Assert.NotEqual(Of("fill-mask"), Of("similarity"));

    [Fact]
    public void The_data_set_is_compared_by_its_content_wherever_it_lies()
    {
        string before = Embed("");
        DateTime written = File.GetLastWriteTimeUtc(_folder["in.jsonl"]);
        File.WriteAllText(_folder["in.jsonl"], "no JASN\n"); // of the same length
        File.SetLastWriteTimeUtc(_folder["in.jsonl"], written);
        Assert.NotEqual(before, Embed(""));

        File.WriteAllText(_folder["moved.jsonl"], "no JSON\n");
        Assert.Equal(before, Of("embed", "", "moved.jsonl"));
        File.Move(_folder["moved.jsonl"], _folder["moved.csv"]); // which is read in another way
        Assert.NotEqual(before, Of("embed", "", "moved.csv"));
    }

    [Fact]
    public async Task Pooling_in_a_folder_of_the_checkpoint_is_a_part_of_the_model()
    {
        string model = WithPooling(new TinyCheckpoint().Write(_folder["model"]), "pooling_mode_mean_tokens");
        await ChangesAsync(["embed", "--model", model], () => WithPooling(model, "pooling_mode_cls_token"),
            () => WithPooling(model, "pooling_mode_mean_tokens"));
    }

    [Fact]
    public async Task A_graph_in_the_folder_onnx_is_a_part_of_the_model()
    {
        string model = _folder["model"];
        new TinyCheckpoint().Load().SavePretrainedOnnx(model);
        byte[] graph = File.ReadAllBytes(_folder["model", "onnx", "model.onnx"]);
        new TinyCheckpoint { Seed = "other" }.Load().SaveOnnx(_folder["other.onnx"]);
        await ChangesAsync(["embed", "--model", model],
            () => File.Copy(_folder["other.onnx"], _folder["model", "onnx", "model.onnx"], overwrite: true),
            () => File.WriteAllBytes(_folder["model", "onnx", "model.onnx"], graph));
    }

    [Fact]
    public async Task A_model_under_the_same_name_is_not_the_same_model()
    {
        string model = new TinyCheckpoint().Write(_folder["model"]);
        await ChangesAsync(["similarity", "--model", model], () => new TinyCheckpoint { Seed = "other" }.Write(model),
            () => new TinyCheckpoint().Write(model));
        string config = File.ReadAllText(_folder["model", "tokenizer_config.json"]);
        await ChangesAsync(["tokenize", "--model", model],
            () => File.WriteAllText(_folder["model", "tokenizer_config.json"],
                config.Replace("\"do_lower_case\":true", "\"do_lower_case\":false", StringComparison.Ordinal)),
            () => File.WriteAllText(_folder["model", "tokenizer_config.json"], config));
    }

    [Fact]
    public async Task A_model_file_that_was_trained_anew_is_not_the_same_model()
    {
        Save("one");
        byte[] first = File.ReadAllBytes(_folder["model.zip"]);
        await ChangesAsync(["predict", "--model", _folder["model.zip"]], () => Save("two"),
            () => File.WriteAllBytes(_folder["model.zip"], first));

        void Save(string seed)
        {
            var ml = new MLContext(1);
            IDataView data = ml.Data.LoadFromEnumerable(
                [new { Sentence1 = "the film is great", Sentence2 = "", Label = "a", Similarity = 1f },
                    new { Sentence1 = "bad", Sentence2 = "", Label = "b", Similarity = 0f }]);
            ml.Model.SaveToFile(ml.Transforms.Conversion.MapValueToKey("Label")
                .Append(ml.Transforms.Text.ApplyBertEmbedding("Features", "Sentence1", new TinyCheckpoint { Seed = seed }.Load()))
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
                    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(data), data.Schema, _folder["model.zip"]);
        }
    }

    /// <summary>A run that has ended early is refused after a change, and goes on when it is undone.</summary>
    private async Task ChangesAsync(string[] command, Action change, Action undo)
    {
        string[] run = [.. command, "--dataset", _folder["in.jsonl"], "--output", _folder["out.jsonl"], "--resume"];
        await FailsAsync("is not valid JSON");
        Assert.True(File.Exists(_folder["out.jsonl.partial.json"]));
        change();
        await FailsAsync("the model or the version has changed since");
        undo();
        await FailsAsync("is not valid JSON");
        foreach (string left in Directory.GetFiles(_folder.Path, "out*"))
            File.Delete(left);

        async Task FailsAsync(string message)
        {
            ToolRun ended = await ToolRun.Of("", run);
            Assert.Equal(1, ended.ExitCode);
            Assert.Contains(message, ended.Error, StringComparison.Ordinal);
        }
    }

    private string WithPooling(string model, string mode)
    {
        Directory.CreateDirectory(_folder["model", "1_Pooling"]);
        File.WriteAllText(_folder["model", "modules.json"], """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""");
        File.WriteAllText(_folder["model", "1_Pooling", "config.json"],
            new JsonObject { ["word_embedding_dimension"] = 32, [mode] = true }.ToJsonString());
        return model;
    }

    private string Embed(string options) => Of("embed", options);

    private string Of(string verb, string options = "", string dataset = "in.jsonl")
    {
        RootCommand root = Tool.Create(new ToolStreams(Stream.Null, Stream.Null, TextWriter.Null));
        ParseResult arguments = root.Parse(
            [verb, "--model", "model", "--dataset", _folder[dataset], .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Empty(arguments.Errors);
        Dataset files = Dataset.Open(_folder[dataset]);
        return RunIdentity.TextOf(RunIdentity.Of(arguments, files, "a model"), DatasetIdentity.Of(files, files.Whole));
    }
}
