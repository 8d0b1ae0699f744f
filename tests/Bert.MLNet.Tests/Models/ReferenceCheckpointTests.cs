using System.Security.Cryptography;
using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Testing;
using Bert.MLNet.Tests.Encoders;

namespace Bert.MLNet.Tests.Models;

/// <summary>The reference checkpoints against their recipes, which another program wrote.</summary>
public class ReferenceCheckpointTests
{
    public static TheoryData<string> Checkpoints => [.. ReferenceEncodingTests.Checkpoints, "modernbert-mlm-random"];

    [Theory, MemberData(nameof(Checkpoints))]
    public void Every_tensor_begins_with_the_values_of_its_recipe(string checkpoint)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        BertModel model = ReferenceCheckpoint.Open(folder);
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "recipe.json")));
        BertWeights weights = model.Weights!;

        string[] names = [.. recipe.RootElement.GetProperty("tensors").EnumerateArray()
            .Select(tensor => tensor.GetProperty("name").GetString()!)];
        string prefix = CanonicalNames.EncoderPrefix(names, folder, model.Config.Family);
        foreach (JsonElement expected in recipe.RootElement.GetProperty("tensors").EnumerateArray())
        {
            // Several tensors of the model may be one in the file.
            BertTensor[] parts = [.. FusedTensors.Parts(
                CanonicalNames.Of(expected.GetProperty("name").GetString()!, prefix, model.Config.Family)).Select(name => weights[name])];
            BertTensor tensor = parts[0];
            float[] values = TensorValues.Of(tensor);

            Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()),
                [parts.Sum(part => part.Shape[0]), .. tensor.Shape[1..]]);
            double precision = tensor.Type switch { TensorType.F32 => 0, TensorType.F16 => 1 / 2048.0, _ => 1 / 256.0 },
                smallest = tensor.Type == TensorType.F16 ? Math.ScaleB(1, -24) : 0;
            int i = 0;
            foreach (float first in expected.GetProperty("first3_float32").EnumerateArray().Take(tensor.Count)
                .Select(value => (float)value.GetDouble()))
                Assert.Equal(first, values[i++], precision * Math.Abs(first) + smallest);
        }
    }

    public static TheoryData<string> Recipes => [.. Checkpoints.Select(data => "models/" + data.Data), "recipes/minilm-shape-random"];

    [Theory, MemberData(nameof(Recipes))]
    public void A_recipe_rebuilds_its_weights_to_the_byte(string recipe)
    {
        string folder = Shared.Folder(["reference", .. recipe.Split('/')]);
        using var temporary = new TemporaryFolder();
        SeededWeights.WriteWeights(folder, temporary["model.safetensors"]);

        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "recipe.json")));
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(temporary["model.safetensors"])));
        Assert.Equal(json.RootElement.GetProperty("sha256_model_safetensors").GetString(), hash);
    }
}
