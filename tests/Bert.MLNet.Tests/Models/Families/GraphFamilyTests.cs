using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Models;

/// <summary>Checkpoints of any model type that run as the ONNX graph that they are.</summary>
public sealed class GraphFamilyTests : IDisposable
{
    private static readonly string[] s_texts = ["the good film", "i hate it , and you ?", "", "a bad price for a phone"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Vectors_come_from_the_graph_whatever_the_model_type()
    {
        var tiny = new TinyCheckpoint();
        WriteUnknown(tiny);
        BertModel model = BertModel.FromPretrained(_folder.Path);
        Assert.Equal("some-encoder", model.Config.ModelType);
        Assert.Equal((32, 2, 4), (model.Config.HiddenSize, model.Config.NumHiddenLayers, model.Config.NumAttentionHeads));
        Assert.Equal(64, model.MaxSequenceLength);
        Close(Embed(tiny.Load()), Embed(model));
    }

    [Fact]
    public void It_is_saved_to_folders_and_to_model_zip()
    {
        WriteUnknown(new TinyCheckpoint());
        BertModel model = BertModel.FromPretrained(_folder.Path);
        float[][] expected = Embed(model);
        model.SavePretrained(_folder["saved"]);
        model.SavePretrained(_folder["saved"]); // replaces it
        Assert.Equal(expected, Embed(BertModel.FromPretrained(_folder["saved"])));

        var ml = new MLContext();
        IDataView data = Data(ml);
        using (BertEmbeddingTransformer fitted = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model).Fit(data))
            ml.Model.Save(fitted, data.Schema, _folder["model.zip"]);
        var loaded = (BertEmbeddingTransformer)ml.Model.Load(_folder["model.zip"], out _);
        using (loaded)
            Assert.Equal(expected, loaded.Transform(data).GetColumn<float[]>("Features"));
    }

    [Fact]
    public void Labels_come_from_its_config()
    {
        var tiny = new TinyCheckpoint { Architecture = "BertForSequenceClassification" };
        WriteUnknown(tiny);
        Close(Scores(tiny.Load()), Scores(BertModel.FromPretrained(_folder.Path)));
        var ml = new MLContext();
        IDataView data = Data(ml);
        BertModel model = BertModel.FromPretrained(_folder.Path);
        using BertClassifierTransformer fitted = ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", model).Fit(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        fitted.Transform(data).Schema["PredictedLabel"].GetKeyValues(ref names);
        Assert.Equal(tiny.Labels, names.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Its_weights_are_refused_by_model_type()
    {
        WriteUnknown(new TinyCheckpoint());
        Refused("'some-encoder'", () => BertModel.FromPretrained(_folder.Path).WithWeights());
        new TinyCheckpoint().Write(_folder["weights"]);
        File.Copy(_folder["config.json"], _folder["weights", "config.json"], overwrite: true);
        Refused("'some-encoder'", () => BertModel.FromPretrained(_folder["weights"]));
    }

    [Fact]
    public void Fields_of_other_arithmetic_only_matter_to_its_weights()
    {
        var tiny = new TinyCheckpoint();
        new TorchExport().Write(tiny, _folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;
        config["position_embedding_type"] = "relative_key";
        config["hidden_act"] = "some_function";
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
        BertModel model = BertModel.FromPretrained(_folder.Path);
        Close(Embed(tiny.Load()), Embed(model));
        Refused("'position_embedding_type'", model.WithWeights);
    }

    /// <summary>tokenizer.json says what to do, whatever family the encoder is of.</summary>
    [Theory]
    [InlineData("modernbert-random"), InlineData("xlm-roberta-random"), InlineData("roberta-mlm-random")]
    [InlineData("deberta-v3-seqclass-random")]
    public void Tokens_come_from_tokenizer_json(string checkpoint)
    {
        string reference = Shared.Folder("reference", "models", checkpoint);
        BertModel known = ReferenceCheckpoint.Open(reference);
        known.SavePretrainedOnnx(_folder.Path);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;
        config["model_type"] = "some-encoder";
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
        BertModel unknown = BertModel.FromPretrained(_folder.Path);
        foreach (string text in (string[])["Hello  World, this is naïve.", "", "東京 🙂"])
        {
            Assert.Equal(known.Tokenizer.Encode(text).Ids, unknown.Tokenizer.Encode(text).Ids);
            Assert.Equal(known.Tokenizer.Encode(text, "and more").TypeIds, unknown.Tokenizer.Encode(text, "and more").TypeIds);
        }
    }

    private void WriteUnknown(TinyCheckpoint tiny)
    {
        new TorchExport().Write(tiny, _folder.Path);
        File.WriteAllText(_folder["config.json"], new JsonObject
        {
            ["model_type"] = "some-encoder", ["architectures"] = new JsonArray("SomeModel"), ["d_model"] = 32, ["num_layers"] = 2,
            ["num_heads"] = 4, ["n_positions"] = 64, ["vocab_size"] = TinyCheckpoint.Vocabulary.Count, ["is_decoder"] = true,
            ["id2label"] = new JsonObject(tiny.Labels.Select((label, i) => KeyValuePair.Create($"{i}", (JsonNode?)label))),
        }.ToJsonString());
    }

    private static IDataView Data(MLContext ml) => ml.Data.LoadFromEnumerable(s_texts.Select(text => new { Text = text }));

    private static float[][] Embed(BertModel model)
    {
        using BertEmbeddingTransformer transformer = BertEmbeddingTransformer.Create(model);
        return [.. transformer.Embed(s_texts).Select(row => row.Vector.ToArray())];
    }

    private static float[][] Scores(BertModel model)
    {
        var ml = new MLContext();
        IDataView data = Data(ml);
        using BertClassifierTransformer fitted = ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", model).Fit(data);
        return [.. fitted.Transform(data).GetColumn<float[]>("Score")];
    }

    private static void Refused(string what, Func<BertModel> open) =>
        Assert.Contains(what, Assert.Throws<NotSupportedException>(open).Message, StringComparison.Ordinal);

    private static void Close(float[][] expected, float[][] actual) => Assert.All(
        expected.Zip(actual), row => Assert.All(row.First.Zip(row.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-5f)));
}
