using System.Text.Json.Nodes;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Cli;

/// <summary><c>info</c> on a folder and on a model file.</summary>
public sealed class InfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_checkpoint_tells_its_shape_its_outputs_and_its_labels()
    {
        string model = new TinyCheckpoint { Architecture = "BertForSequenceClassification", Labels = ["no", "yes"] }.Write(
            _folder["judge"]);
        string[] lines = (await ToolRun.Of("", "info", model)).Output.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("name: judge", lines);
        Assert.Contains("hidden_size: 32", lines);
        Assert.Contains("num_hidden_layers: 2", lines);
        Assert.Contains("outputs: last_hidden_state, pooler_output, logits", lines);
        Assert.Contains("labels: no, yes", lines);
    }

    [Theory, MemberData(nameof(EveryFamily.Heads), MemberType = typeof(EveryFamily))]
    public async Task Every_family_is_named_with_its_head(string family, string head)
    {
        TinyCheckpoint checkpoint = EveryFamily.Checkpoint(family, head);
        string[] lines = await Info(checkpoint.Write(_folder["model"]));
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["model", "config.json"]))!;
        Assert.Contains($"model_type: {config["model_type"]}", lines);
        Assert.Contains($"heads: {checkpoint.Architecture}", lines);
        Assert.Contains("max_seq_length: 64", lines);
        Assert.Contains($"tokenizer: WordPiece, {TinyCheckpoint.Vocabulary.Count} tokens, uncased", lines);
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("BertForTokenClassification"), InlineData("BertForMaskedLM")]
    [InlineData("BertForNextSentencePrediction"), InlineData("ElectraForPreTraining"), InlineData("RobertaForMaskedLM")]
    [InlineData("BertForQuestionAnswering", "start_logits, end_logits"), InlineData("BertModel", "last_hidden_state, pooler_output")]
    public async Task A_graph_has_the_outputs_of_its_head_and_no_others(string architecture, string outputs = "logits")
    {
        new TinyCheckpoint { Architecture = architecture }.Load().SavePretrainedOnnx(_folder["graph"]);
        string[] lines = await Info(_folder["graph"]);
        Assert.Contains($"outputs: {outputs}", lines);
        Assert.Contains($"heads: {(architecture == "BertModel" ? "none" : architecture)}", lines);
    }

    [Fact]
    public async Task Several_heads_are_named_and_a_checkpoint_without_one_says_so()
    {
        string[] lines = await Info(new TinyCheckpoint { Architecture = "BertForPreTraining" }.Write(_folder["both"]));
        Assert.Contains("heads: BertForMaskedLM, BertForNextSentencePrediction", lines);
        Assert.Contains("special_tokens: [CLS] [SEP] [PAD] [UNK] [MASK]", lines);
        Assert.Contains("heads: none", await Info(new TinyCheckpoint().Write(_folder["bare"])));
    }

    [Theory]
    [InlineData("BPE", "byte-level BPE, 9 tokens, cased")]
    [InlineData("Unigram", "Unigram, 8 tokens, uncased")]
    public async Task The_kind_of_tokenizer_is_told(string model, string tokenizer)
    {
        string folder = new TinyCheckpoint { Architecture = "RobertaModel" }.Write(_folder[model]);
        File.Delete(Path.Combine(folder, "vocab.txt"));
        string[] tokens = ["<s>", "<pad>", "</s>", "<unk>", "a", "b", "ab", "<mask>", .. model == "BPE" ? ["Ġ"] : Array.Empty<string>()];
        var json = new JsonObject
        {
            ["model"] = model == "BPE"
                ? new JsonObject
                {
                    ["type"] = model,
                    ["vocab"] = new JsonObject(tokens.Index().Select(token => KeyValuePair.Create(token.Item, (JsonNode?)token.Index))),
                    ["merges"] = new JsonArray("a b"),
                }
                : new JsonObject
                {
                    ["type"] = model,
                    ["unk_id"] = 3,
                    ["vocab"] = new JsonArray([.. tokens.Select(token => new JsonArray(token, -1.5))]),
                },
            ["normalizer"] = model == "BPE" ? null : new JsonObject { ["type"] = "Lowercase" },
            ["pre_tokenizer"] = model == "BPE"
                ? new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false }
                : new JsonObject { ["type"] = "WhitespaceSplit" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "RobertaProcessing", ["cls"] = new JsonArray("<s>", 0), ["sep"] = new JsonArray("</s>", 2),
            },
        };
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"),
            """{"cls_token":"<s>","mask_token":"<mask>","pad_token":"<pad>","sep_token":"</s>","unk_token":"<unk>"}""");
        string[] lines = await Info(folder);
        Assert.Contains($"tokenizer: {tokenizer}", lines);
        Assert.Contains("special_tokens: <s> </s> <pad> <unk> <mask>", lines);
    }

    [Fact]
    public async Task Pooling_prompts_and_similarity_are_told()
    {
        string folder = new TinyCheckpoint().Write(_folder["sentences"]);
        BertModel model = BertModel.FromPretrained(folder).WithSentence(new BertSentenceOptions
        {
            Pooling = BertPooling.Cls, Normalize = true, DefaultPromptName = "query",
            Prompts = new Dictionary<string, string> { ["query"] = "find: " },
        });
        model.SavePretrained(folder);
        string file = Path.Combine(folder, "config_sentence_transformers.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(file))!;
        config["similarity_fn_name"] = "dot";
        File.WriteAllText(file, config.ToJsonString());
        string[] lines = await Info(folder);
        string[] expected =
            ["pooling: Cls", "normalize: true", "similarity: dot", "prompt 'query': find:", "default_prompt_name: query"];
        Assert.Superset(expected.ToHashSet(), lines.ToHashSet());
    }

    [Fact]
    public async Task Labels_are_told_of_a_head_that_has_labels_alone() =>
        Assert.DoesNotContain("labels:", (await ToolRun.Of("", "info", new TinyCheckpoint().Write(_folder["bare"]))).Output);

    [Fact]
    public async Task A_model_file_tells_its_columns_and_its_steps()
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new { Text = "a" }]);
        using (var model = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", new TinyCheckpoint().Load()).Fit(data))
            ml.Model.Save(model, data.Schema, _folder["model.zip"]);
        string[] lines = (await ToolRun.Of("", "info", _folder["model.zip"]))
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["input: Text, String", "step: BertEmbeddingTransformer", "output: Features, Vector<Single, 32>"], lines);
    }

    [Theory]
    [InlineData("info")]
    [InlineData("predict", "--text", "a", "--model")]
    [InlineData("evaluate", "--dataset", "a.tsv", "--model")]
    public async Task A_file_that_is_no_model_is_a_failure_that_names_it(params string[] arguments)
    {
        string file = _folder["model.zip"];
        await File.WriteAllTextAsync(file, "no zip", TestContext.Current.CancellationToken);
        ToolRun run = await ToolRun.Of("", [.. arguments, file]);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"'{file}' cannot be loaded: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", run.Error);
    }

    private static async Task<string[]> Info(string model) =>
        (await ToolRun.Of("", "info", model)).Output.Split('\n', StringSplitOptions.TrimEntries);
}
