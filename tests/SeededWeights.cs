using System.Text;
using System.Text.Json;
using Bert.MLNet.Models;

namespace Bert.MLNet.Testing;

/// <summary>
/// Weights that a text seeds, the same on every machine and in every language: FNV-1a of the text starts SplitMix64, and the sum of the
/// four 16-bit parts of each draw (Irwin-Hall) stands in for a normal number.
/// </summary>
internal static class SeededWeights
{
    public static float[] Values(string seed, int count, double std, double mean = 0)
    {
        float[] values = new float[count];
        ulong state = Fnv1a(seed);
        for (int i = 0; i < count; i++)
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            long sum = (long)((z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48));
            double x = (sum - 131070) / 65536.0 * 1.7320508075688772;
            values[i] = (float)(mean + std * x);
        }
        return values;
    }

    /// <summary>Makes a whole checkpoint folder of a recipe: its files, its weights at full size, and a vocabulary.</summary>
    /// <param name="recipeFolder">A folder with <c>recipe.json</c> and <c>config.json</c>.</param>
    /// <param name="vocabularyFile">The <c>vocab.txt</c>, which recipes do not have.</param>
    /// <param name="folder">Where to; it is created.</param>
    public static void WriteCheckpoint(string recipeFolder, string vocabularyFile, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string name in new[] { "config.json", "tokenizer_config.json", "special_tokens_map.json" })
            File.WriteAllBytes(Path.Combine(folder, name), File.ReadAllBytes(Path.Combine(recipeFolder, name)));
        File.WriteAllBytes(Path.Combine(folder, "vocab.txt"), File.ReadAllBytes(vocabularyFile));
        WriteWeights(recipeFolder, Path.Combine(folder, "model.safetensors"));
    }

    /// <summary>Rebuilds a recipe's <c>model.safetensors</c> to the byte.</summary>
    public static void WriteWeights(string recipeFolder, string file)
    {
        using JsonDocument recipe = JsonDocument.Parse(File.ReadAllText(Path.Combine(recipeFolder, "recipe.json")));
        TensorType type = Enum.Parse<TensorType>(recipe.RootElement.GetProperty("dtype").GetString()!);
        var tensors = new List<BertTensor>();
        foreach (JsonElement tensor in recipe.RootElement.GetProperty("tensors").EnumerateArray())
        {
            int[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
            float[] values = Values(tensor.GetProperty("seed_string").GetString()!, shape.Aggregate(1, (a, b) => a * b),
                tensor.GetProperty("std").GetDouble(), tensor.GetProperty("mean").GetDouble());
            tensors.Add(BertTensor.Create(tensor.GetProperty("name").GetString()!, shape, values, type));
        }
        if (recipe.RootElement.GetProperty("position_ids_buffer").GetBoolean())
            tensors.Add(PositionIds(recipeFolder, tensors));
        using FileStream stream = File.Create(file);
        new Safetensors([.. tensors.OrderByDescending(t => t.Type.Size()).ThenBy(t => t.Name, StringComparer.Ordinal)],
            Safetensors.DefaultMetadata).Write(stream);
    }

    // A buffer that older versions of transformers saved with the weights.
    private static BertTensor PositionIds(string recipeFolder, List<BertTensor> tensors)
    {
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Path.Combine(recipeFolder, "config.json")));
        int length = config.RootElement.GetProperty("max_position_embeddings").GetInt32();
        const string Words = "word_embeddings.weight";
        string prefix = tensors.First(tensor => tensor.Name.EndsWith("embeddings." + Words, StringComparison.Ordinal))
            .Name[..^Words.Length];
        var positions = new BertTensor(prefix + "position_ids", TensorType.I64, [1, length]);
        for (int i = 0; i < length; i++)
            BitConverter.TryWriteBytes(positions.Writable.Span[(i * sizeof(long))..], (long)i);
        return positions;
    }

    private static ulong Fnv1a(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ b) * 0x100000001B3;
        return hash;
    }
}
