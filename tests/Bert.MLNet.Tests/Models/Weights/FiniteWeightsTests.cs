using Bert.MLNet.Models;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Models;

/// <summary>Weights that are not finite numbers are refused with their tensor and file, however they come in.</summary>
public sealed class FiniteWeightsTests
{
    private const string Query = "encoder.layer.1.attention.self.query.weight";

    public static TheoryData<string, float> Values =>
    [
        .. from type in new[] { "F32", "F16", "BF16" } from value in new[] { float.NaN, float.PositiveInfinity,
            float.NegativeInfinity } select new TheoryDataRow<string, float>(type, value),
    ];

    [Theory, MemberData(nameof(Values))]
    public void A_value_that_is_not_finite_is_refused_with_tensor_and_file(string type, float value)
    {
        using var folder = new TemporaryFolder();
        var checkpoint = new TinyCheckpoint { Type = Enum.Parse<TensorType>(type) };
        foreach ((string tensor, int index) in new[] { (Query, 0), (Query, 32 * 32 - 1), ("embeddings.LayerNorm.bias", 7),
            ("encoder.layer.0.output.dense.bias", 31) })
        {
            string path = Write(checkpoint, folder.Path, tensor, index, value);
            foreach (BertQuantizationOptions? quantization in new[] { null, new BertQuantizationOptions() })
                Refused(tensor, "model.safetensors", () => BertModel.FromPretrained(path, quantization: quantization));
        }
    }

    [Theory, InlineData("distilbert.transformer.layer.0.ffn.lin1.weight"), InlineData("classifier.bias")]
    public void DistilBERTs_weights_and_heads_are_checked_under_their_own_names(string tensor)
    {
        using var folder = new TemporaryFolder();
        string path = Write(new TinyCheckpoint { Architecture = "DistilBertForSequenceClassification" }, folder.Path, tensor, 1, float.NaN);
        Refused(tensor, "model.safetensors", () => BertModel.FromPretrained(path));
    }

    [Fact]
    public void A_shard_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = Write(new TinyCheckpoint(), folder.Path, Query, 5, float.NaN);
        Safetensors file;
        using (FileStream stream = File.OpenRead(Path.Combine(path, "model.safetensors")))
            file = Safetensors.Read(stream, stream.Length, "model.safetensors");
        File.Delete(Path.Combine(path, "model.safetensors"));
        var map = new List<string>();
        foreach (IGrouping<bool, BertTensor> shard in file.Tensors.GroupBy(
            tensor => tensor.Name.StartsWith("encoder.layer.1", StringComparison.Ordinal)))
        {
            string name = shard.Key ? "model-00002-of-00002.safetensors" : "model-00001-of-00002.safetensors";
            using FileStream stream = File.Create(Path.Combine(path, name));
            new Safetensors([.. shard], Safetensors.DefaultMetadata).Write(stream);
            map.AddRange(shard.Select(tensor => $"\"{tensor.Name}\": \"{name}\""));
        }
        File.WriteAllText(Path.Combine(path, "model.safetensors.index.json"), $$"""{ "weight_map": { {{string.Join(", ", map)}} } }""");
        Refused(Query, "model-00002-of-00002.safetensors", () => BertModel.FromPretrained(path));
    }

    [Fact]
    public void A_scale_of_int8_weights_is_checked()
    {
        using var folder = new TemporaryFolder();
        BertModel model = new TinyCheckpoint().Load().Quantize();
        BertTensor[] tensors = [.. model.Weights!.ToFile(model.Config)
            .Tensors.Select(tensor => tensor.Name == Query + "_scale" ? WithValue(tensor, 3, float.PositiveInfinity) : tensor)];
        model.SavePretrained(folder.Path);
        using (FileStream stream = File.Create(folder["model.safetensors"]))
            new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
        Refused(Query + "_scale", "model.safetensors", () => BertModel.FromPretrained(folder.Path));
    }

    [Fact]
    public void A_model_zip_is_checked()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(1);
        IDataView data = ml.Data.LoadFromEnumerable(new[] { new { Text = "a film" } });
        BertModel model = new TinyCheckpoint().Load();
        var damaged = new BertModel(model.Config, model.Tokenizer, BertWeights.Create(
            model.Weights!.Names.Select(name => name == Query ? WithValue(model.Weights[name], 0, float.NaN) : model.Weights[name])));
        using (BertEmbeddingTransformer step = ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", damaged).Fit(data))
            ml.Model.Save(step, data.Schema, folder["model.zip"]);
        string error = Assert.ThrowsAny<Exception>(() => ml.Model.Load(folder["model.zip"], out _)).ToString();
        Assert.Contains($"Tensor '{Query}'", error, StringComparison.Ordinal);
        Assert.Contains("contains NaN or infinity", error, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_model_does_not_use_may_hold_anything()
    {
        using var folder = new TemporaryFolder();
        var checkpoint = new TinyCheckpoint();
        checkpoint.Write(folder.Path);
        using (FileStream stream = File.Create(folder["model.safetensors"]))
            new Safetensors([.. checkpoint.Tensors(), BertTensor.Create("crf.transitions", [2], [float.NegativeInfinity, 0])],
                Safetensors.DefaultMetadata).Write(stream);
        Assert.NotNull(BertModel.FromPretrained(folder.Path).Weights);
    }

    [Theory, InlineData("F32", float.MaxValue), InlineData("F16", 65504f), InlineData("BF16", 3.3895314e38f)]
    public void The_largest_and_the_smallest_numbers_of_a_type_are_finite(string type, float largest)
    {
        // More than a vector and not a multiple of one, with the value in each place.
        for (int at = 0; at < 67; at++)
        {
            float[] values = new float[67];
            (values[at], values[66 - at]) = (largest, -largest);
            Assert.True(FiniteWeights.AreFinite(BertTensor.Create("x", [67], values, Enum.Parse<TensorType>(type))));
            values[at] = float.NaN;
            Assert.False(FiniteWeights.AreFinite(BertTensor.Create("x", [67], values, Enum.Parse<TensorType>(type))));
            values[at] = float.NegativeInfinity;
            Assert.False(FiniteWeights.AreFinite(BertTensor.Create("x", [67], values, Enum.Parse<TensorType>(type))));
        }
        Assert.True(FiniteWeights.AreFinite(BertTensor.Create("x", [3], [float.Epsilon, -0f, 1e-7f], Enum.Parse<TensorType>(type))));
    }

    private static void Refused(string tensor, string file, Func<object> open)
    {
        string message = Assert.Throws<InvalidDataException>(open).Message;
        Assert.Contains($"Tensor '{tensor}' in '", message, StringComparison.Ordinal);
        Assert.Contains($"{file}' contains NaN or infinity", message, StringComparison.Ordinal);
    }

    private static string Write(TinyCheckpoint checkpoint, string folder, string tensor, int index, float value)
    {
        checkpoint.Write(folder);
        BertTensor[] tensors = [.. checkpoint.Tensors().Select(some => some.Name == tensor ? WithValue(some, index, value) : some)];
        Assert.Contains(tensors, some => some.Name == tensor);
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors"));
        new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
        return folder;
    }

    private static BertTensor WithValue(BertTensor tensor, int index, float value)
    {
        float[] values = TensorValues.Of(tensor);
        values[index] = value;
        return BertTensor.Create(tensor.Name, tensor.Shape, values, tensor.Type);
    }
}
