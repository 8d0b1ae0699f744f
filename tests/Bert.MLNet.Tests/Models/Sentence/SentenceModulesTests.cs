using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Models;

/// <summary>Modules after the pooling, read, computed and kept.</summary>
public class SentenceModulesTests
{
    private const string Tanh = "torch.nn.modules.activation.Tanh";
    private static readonly string[] Texts =
        ["the film is great", "bad", "i hate this phone and the battery is very poor , but the screen is good", ""];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_chain_computes_what_loops_over_its_weights_compute()
    {
        BertModel model = Model();
        IDataView data = Rows();
        var steps = _ml.Transforms.Text.ApplyBertTokenizer("Text", model: model).Append(_ml.Transforms.Text.ApplyBertEncoder(model: model));
        float[][] states = [.. steps.Fit(data).Transform(data).GetColumn<float[]>("LastHiddenState")], vectors = Vectors(model);
        for (int i = 0; i < Texts.Length; i++)
        {
            float[] hidden = states[i];
            int tokens = hidden.Length / 32;
            IEnumerable<double> mean =
                Enumerable.Range(0, 32).Select(d => Enumerable.Range(0, tokens).Average(t => (double)hidden[t * 32 + d]));
            double[] expected = SentenceModules.Expected([.. mean, .. hidden[^32..].Select(value => (double)value)]);
            Assert.Equal(5, vectors[i].Length);
            Assert.All(expected.Zip(vectors[i]), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        }
    }

    [Fact]
    public void A_chain_is_kept_by_folders_graphs_model_files_and_int8()
    {
        using var temporary = new TemporaryFolder();
        BertModel model = Model();
        float[][] expected = Vectors(model);
        model.SavePretrained(temporary["folder"]);
        BertModel saved = BertModel.FromPretrained(temporary["folder"]);
        Assert.Equal(model.Sentence, saved.Sentence);
        Assert.Equal(model.ContentHash, saved.ContentHash);
        Assert.Equal(expected, Vectors(saved));
        Assert.Equal(
            ["Transformer", "Pooling", "Dense", "LayerNorm", "Normalize", "Dense", "Normalize"],
            Json(temporary["folder", "modules.json"]).AsArray().Select(module => ((string)module!["type"]!).Split('.')[^1]));
        Assert.Equal(9, (int)Json(temporary["folder", "2_Dense", "config.json"])["out_features"]!);

        model.SavePretrainedOnnx(temporary["graph"]);
        Close(expected, Vectors(BertModel.FromPretrained(temporary["graph"])), 1e-4);
        Assert.Equal(model.Sentence, model.Quantize().Sentence);

        IDataView data = Rows();
        using (BertEmbeddingTransformer step = _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model).Fit(data))
            _ml.Model.SaveToFile(step, data.Schema, temporary["model.zip"]);
        ITransformer loaded = _ml.Model.LoadFromFile(temporary["model.zip"], out _);
        Assert.Equal(expected, loaded.Transform(data).GetColumn<float[]>("Vector"));
        ((IDisposable)loaded).Dispose();

        // A checkpoint without modules takes the place of one with them, whose files go.
        new TinyCheckpoint().Load().SavePretrained(temporary["folder"]);
        Assert.DoesNotContain(
            Directory.GetFiles(temporary["folder"], "*", SearchOption.AllDirectories),
            file => file.Contains("_Dense", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("torch.nn.modules.linear.Identity")]
    [InlineData(Tanh)]
    [InlineData("torch.nn.modules.activation.ReLU")]
    [InlineData("torch.nn.modules.activation.GELU")]
    [InlineData("torch.nn.modules.activation.Sigmoid")]
    [InlineData("torch.nn.modules.activation.SiLU")]
    public void An_activation_equals_its_formula(string function)
    {
        float[] values = [-7, -3.5f, -1, -0.1f, 0, 0.2f, 0.9f, 2, 6, 30];
        var weight = new float[values.Length * values.Length];
        for (int i = 0; i < values.Length; i++)
            weight[i * values.Length + i] = 1;
        float[] output = new float[values.Length];
        new DenseLayer(function, BertTensor.Create("linear.weight", [values.Length, values.Length], weight), null).Apply(values, output);
        string name = function.Split('.')[^1];
        Assert.All(values.Zip(output), pair =>
            Assert.Equal(Formula(name, pair.First), pair.Second, 2e-6 * Math.Max(1, Math.Abs(pair.First))));

        static double Formula(string name, double x) => name switch
        {
            "Tanh" => Math.Tanh(x),
            "ReLU" => Math.Max(0, x),
            "GELU" => x * Phi(x),
            "Sigmoid" => 1 / (1 + Math.Exp(-x)),
            "SiLU" => x / (1 + Math.Exp(-x)),
            _ => x,
        };

        // The normal distribution by Simpson's rule.
        static double Phi(double x)
        {
            const int Steps = 20_000;
            double h = x / Steps, sum = 0;
            for (int i = 0; i <= Steps; i++)
                sum += (i is 0 or Steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.Exp(-i * h * i * h / 2);
            return 0.5 + sum * h / 3 / Math.Sqrt(2 * Math.PI);
        }
    }

    [Theory]
    [InlineData("activation_function", "torch.nn.modules.activation.Hardshrink", "'torch.nn.modules.activation.Hardshrink'")]
    [InlineData("activation_function", "my_code.Tanh", "'my_code.Tanh'")]
    [InlineData("module_input_name", "token_embeddings", "'module_input_name' is 'token_embeddings'")]
    [InlineData("module_output_name", "scores", "'module_output_name' is 'scores'")]
    [InlineData("use_residual", true, "'use_residual'")]
    public void A_field_that_is_not_supported_is_refused_by_name(string field, object value, string named)
    {
        using var temporary = new TemporaryFolder();
        Model().SavePretrained(temporary.Path);
        Change(temporary["2_Dense", "config.json"], json => json[field] = JsonValue.Create(value));
        string message = Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("2_Dense", "config.json"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_modules_are_named()
    {
        using var temporary = new TemporaryFolder();
        string Refused<TException>(Action damage) where TException : Exception
        {
            Model().SavePretrained(temporary.Path);
            damage();
            return Assert.Throws<TException>(() => BertModel.FromPretrained(temporary.Path)).Message;
        }
        string config = temporary["2_Dense", "config.json"], weights = temporary["2_Dense", "model.safetensors"];
        Holds("pickle", Refused<FileNotFoundException>(() => File.Delete(weights)));
        Holds("'2_Dense/config.json'", Refused<FileNotFoundException>(() => File.Delete(config)));
        Holds("no 'in_features'", Refused<InvalidDataException>(() => Change(config, json => json.Remove("in_features"))));
        Holds("[9, 63]", Refused<InvalidDataException>(() => Change(config, json => json["in_features"] = 63)));
        Holds("'linear.bias'", Refused<InvalidDataException>(() => Rewrite(weights, 9, withBias: false, 1)));
        Holds("NaN", Refused<InvalidDataException>(() => Rewrite(weights, 9, withBias: true, float.NaN)));
        Holds("LayerNorm reads vectors of 9 values, but receives 8", Refused<InvalidDataException>(() =>
        {
            Rewrite(weights, 8, withBias: true, 1);
            Change(config, json => json["out_features"] = 8);
        }));
        Holds("2_Dense", Refused<InvalidDataException>(() => File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..100])));
    }

    [Fact]
    public void A_pooling_that_does_not_fit_the_modules_is_refused()
    {
        BertModel model = Model();
        Holds("receives 32", Assert.Throws<ArgumentException>(
            () => _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", model, BertPooling.Cls)).Message);
        Holds("receives 32", Assert.Throws<InvalidDataException>(
            () => model.WithSentence(model.Sentence with { Pooling = BertPooling.Max })).Message);
    }

    [Fact]
    public void A_vector_is_cut_to_its_first_values_before_it_is_normalised()
    {
        using var temporary = new TemporaryFolder();
        BertModel model = Model();
        BertModel shortened = model.WithSentence(model.Sentence with { TruncateDimension = 3 });
        shortened.SavePretrained(temporary.Path);
        Assert.Equal(3, BertModel.FromPretrained(temporary.Path).Sentence.TruncateDimension);
        foreach ((float[] whole, float[] kept) in Vectors(model).Zip(Vectors(shortened)))
        {
            double norm = Math.Sqrt(whole[..3].Sum(x => (double)x * x));
            Assert.All(whole[..3].Zip(kept), pair => Assert.Equal(pair.First / norm, pair.Second, 1e-5));
            Assert.Equal(3, kept.Length);
        }
        var options = new BertEmbeddingEstimator.Options { Model = model, TruncateDimension = 6 };
        Holds("TruncateDimension is 6", Assert.Throws<ArgumentException>(() => _ml.Transforms.Text.ApplyBertEmbedding(options)).Message);
    }

    private static BertModel Model()
    {
        BertModel tiny = new TinyCheckpoint().Load();
        return tiny.WithSentence(SentenceModules.Options(tiny.Config.HiddenSize));
    }

    private static void Holds(string part, string message) => Assert.Contains(part, message, StringComparison.Ordinal);

    private static JsonNode Json(string file) => JsonNode.Parse(File.ReadAllText(file))!;

    private static void Change(string file, Action<JsonObject> change)
    {
        JsonObject json = Json(file).AsObject();
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static void Rewrite(string file, int rows, bool withBias, float value)
    {
        BertTensor weight = BertTensor.Create("linear.weight", [rows, 64], [.. Enumerable.Repeat(value, rows * 64)]);
        BertTensor bias = BertTensor.Create("linear.bias", [rows], new float[rows]);
        using FileStream stream = File.Create(file);
        new Safetensors(withBias ? [weight, bias] : [weight], Safetensors.DefaultMetadata).Write(stream);
    }

    private static void Close(float[][] expected, float[][] actual, double tolerance) => Assert.All(
        expected.SelectMany(vector => vector).Zip(actual.SelectMany(vector => vector)),
        pair => Assert.Equal(pair.First, pair.Second, tolerance));

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
