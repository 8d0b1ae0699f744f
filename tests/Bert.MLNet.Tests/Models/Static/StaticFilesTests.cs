using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Models;

public class StaticFilesTests
{
    private static readonly string[] Texts = ["the film is great", "good", "中 good", "中", "", "i hate this phone and the battery"];

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Sentence_transformers_form_is_the_mean_over_all_tokens_of_the_text(bool normalize)
    {
        using var temporary = new TemporaryFolder();
        StaticFolder.WriteSentenceForm(temporary.Path, normalize);
        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal("good ", model.Sentence.Prompts["query"]);
        Assert.Contains($"{StaticFolder.Tokens} static embeddings of 6", model.ToString(), StringComparison.Ordinal);
        Equal(text => Mean(Ids(text), StaticFolder.Value, normalize), Vectors(model));
    }

    [Fact]
    public void The_other_form_maps_and_weighs_tokens_and_leaves_out_the_unknown_one()
    {
        using var temporary = new TemporaryFolder();
        StaticFolder.WriteMappedForm(temporary.Path);
        int unknown = StaticFolder.Tokenizer.UnknownTokenId;
        Equal(
            text => Mean(
                [.. Ids(text).Where(id => id != unknown)],
                (id, column) => (float)(Half)StaticFolder.Value(id / 2, column) * StaticFolder.Factor(id), normalize: true),
            Vectors(BertModel.FromPretrained(temporary.Path)));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Both_forms_are_kept_by_folders_and_model_files(bool mapped)
    {
        using var temporary = new TemporaryFolder();
        if (mapped)
            StaticFolder.WriteMappedForm(temporary["model"]);
        else
            StaticFolder.WriteSentenceForm(temporary["model"], normalize: true);
        BertModel model = BertModel.FromPretrained(temporary["model"]);
        float[][] expected = Vectors(model);
        model.SavePretrained(temporary["saved"]);
        BertModel saved = BertModel.FromPretrained(temporary["saved"]);
        Assert.Equal(model.ContentHash, saved.ContentHash);
        Assert.Equal(model.Sentence, saved.Sentence);
        Assert.Equal(expected, Vectors(saved));

        using (BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model).Fit(Rows()))
            _ml.Model.SaveToFile(step, Rows().Schema, temporary["model.zip"]);
        ITransformer loaded = _ml.Model.LoadFromFile(temporary["model.zip"], out _);
        Assert.Equal(expected, loaded.Transform(Rows()).GetColumn<float[]>("Vector"));
        ((IDisposable)loaded).Dispose();

        new TinyCheckpoint().Load().SavePretrained(temporary["saved"]);
        Assert.Null(BertModel.FromPretrained(temporary["saved"]).Table);
    }

    [Fact]
    public void A_vocabulary_without_special_tokens_opens()
    {
        using var temporary = new TemporaryFolder();
        StaticFolder.WriteMappedForm(temporary.Path);
        File.Delete(temporary["modules.json"]);
        File.WriteAllText(temporary["tokenizer.json"], """
            {
              "added_tokens": [], "normalizer": { "type": "BertNormalizer" }, "pre_tokenizer": { "type": "BertPreTokenizer" },
              "post_processor": null, "decoder": null,
              "model": { "type": "WordPiece", "unk_token": "[UNK]", "vocab": { "[UNK]": 0, "good": 1, "bad": 2 } }
            }
            """);
        StaticFolder.WriteTensors(temporary.Path, StaticFolder.Vectors("embeddings", 3, TensorType.F32));
        BertModel model = BertModel.FromPretrained(temporary.Path);
        Assert.Equal((-1, -1), (model.Tokenizer.ClsTokenId, model.Tokenizer.SepTokenId));
        Assert.Equal([1], model.Tokenizer.Encode("good").Ids);
        using BertEmbeddingTransformer step = BertEmbeddingTransformer.Create(model);
        double[] expected = Mean([2], StaticFolder.Value, normalize: true);
        Assert.All(expected.Zip(step.Embed(["bad zzz"], TestContext.Current.CancellationToken)[0].Vector.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Steps_that_need_a_network_refuse_a_table()
    {
        using var temporary = new TemporaryFolder();
        StaticFolder.WriteSentenceForm(temporary.Path, normalize: true);
        BertModel model = BertModel.FromPretrained(temporary.Path);
        IDataView labelled = _ml.Data.LoadFromEnumerable([new { Sentence1 = "good", Label = "a" }, new { Sentence1 = "bad", Label = "b" }]);
        IDataView keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(labelled).Transform(labelled);
        IDataView tokens = _ml.Transforms.Text.ApplyBertTokenizer("Text", model: new TinyCheckpoint().Load()).Fit(Rows()).Transform(Rows());
        Action[] refused =
        [
            () => _ml.Transforms.Text.ApplyBertEncoder(model: model).Fit(tokens),
            () => _ml.MulticlassClassification.Trainers.TextClassification(new() { Model = model }).Fit(keys),
            () => model.Quantize(),
            () => model.ToStatic(),
            () => model.SaveOnnx(temporary["model.onnx"]),
            () => BertModel.FromPretrained(temporary.Path, quantization: new()),
        ];
        Assert.All(refused, action => Assert.Contains(
            "table of static embeddings", Assert.Throws<NotSupportedException>(action).Message, StringComparison.Ordinal));
        Assert.Contains("only have a Mean", Assert.Throws<ArgumentException>(
            () => _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model, BertPooling.Cls)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_tables_are_named()
    {
        using var temporary = new TemporaryFolder();
        StaticFolder.WriteMappedForm(temporary.Path);
        void Holds<TException>(string part, params BertTensor[] tensors) where TException : Exception
        {
            StaticFolder.WriteTensors(temporary.Path, tensors);
            string message = Assert.Throws<TException>(() => BertModel.FromPretrained(temporary.Path)).Message;
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
        int tokens = StaticFolder.Tokens;
        BertTensor vectors = StaticFolder.Vectors("embeddings", tokens, TensorType.F32);
        Holds<InvalidDataException>(
            "neither a tensor 'embedding.weight' nor 'embeddings'", StaticFolder.Vectors("other", tokens, TensorType.F32));
        Holds<InvalidDataException>("has vectors for 3", StaticFolder.Vectors("embeddings", 3, TensorType.F32));
        Holds<InvalidDataException>("'weights'", vectors, BertTensor.Create("weights", [3], [1, 1, 1]));
        Holds<InvalidDataException>($"refers to the vector {tokens}", vectors, StaticFolder.Mapping(beyond: tokens));
        Holds<InvalidDataException>("2 dimensions", BertTensor.Create("embeddings", [3], [1, 1, 1]));
        Holds<InvalidDataException>("NaN", BertTensor.Create("embeddings", [1, 1], [float.NaN]));
        File.Delete(temporary["model.safetensors"]);
        string missing = Assert.Throws<FileNotFoundException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Assert.Contains("pickle", missing, StringComparison.Ordinal);
    }

    private static int[] Ids(string text) => [.. StaticFolder.Tokenizer.EncodeToIds(text)];

    private static double[] Mean(int[] ids, Func<int, int, float> value, bool normalize)
    {
        double[] mean =
        [
            .. Enumerable.Range(0, StaticFolder.Width).Select(column => ids.Sum(id => (double)value(id, column)) / Math.Max(1, ids.Length)),
        ];
        double norm = normalize ? Math.Max(1e-12, Math.Sqrt(mean.Sum(x => x * x))) : 1;
        return [.. mean.Select(x => x / norm)];
    }

    private static void Equal(Func<string, double[]> expected, float[][] actual) => Assert.All(Texts.Zip(actual), row =>
        Assert.All(expected(row.First).Zip(row.Second), pair => Assert.Equal(pair.First, pair.Second, 1e-5)));

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(Texts.Select(text => new Input { Text = text }));

    private float[][] Vectors(BertModel model)
    {
        using BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model).Fit(Rows());
        return [.. step.Transform(Rows()).GetColumn<float[]>("Vector")];
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";
    }
}
