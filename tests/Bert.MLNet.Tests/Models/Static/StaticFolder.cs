using System.Text.Json;
using Bert.MLNet.Models;

namespace Bert.MLNet.Tests.Models;

/// <summary>Folders with static embeddings as sentence-transformers and model2vec save them, with seeded vectors of 6 values.</summary>
internal static class StaticFolder
{
    public const int Width = 6;

    public static BertTokenizer Tokenizer { get; } = new TinyCheckpoint().Load().Tokenizer;

    public static int Tokens => Tokenizer.Vocabulary.Size;

    /// <summary>A value of a seeded table.</summary>
    public static float Value(int row, int column) => MathF.Sin(row * Width + column + 1);

    /// <summary>The module in a folder of its own, followed by Normalize or nothing.</summary>
    public static void WriteSentenceForm(string folder, bool normalize)
    {
        string module = Path.Combine(folder, "0_StaticEmbedding");
        Directory.CreateDirectory(module);
        WriteTokenizer(module);
        WriteTensors(module, Vectors("embedding.weight", Tokens, TensorType.F32));
        WriteJson(folder, "modules.json", Modules("0_StaticEmbedding", normalize));
        WriteJson(folder, "config_sentence_transformers.json", new { similarity_fn_name = "cosine", prompts = new { query = "good " } });
    }

    /// <summary>Half as many vectors as tokens: two tokens share one, with factors of their own.</summary>
    public static void WriteMappedForm(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteTokenizer(folder);
        WriteTensors(folder, Vectors("embeddings", (Tokens + 1) / 2, TensorType.F16), Factors(), Mapping());
        WriteJson(folder, "config.json", new { model_type = "model2vec", hidden_dim = Width, seq_length = 1_000_000, normalize = true });
        WriteJson(folder, "modules.json", Modules(".", normalize: true));
    }

    public static float Factor(int token) => 1 + token % 4 / 4f;

    public static BertTensor Vectors(string name, int rows, TensorType type) => BertTensor.Create(
        name, [rows, Width], [.. Enumerable.Range(0, rows * Width).Select(i => Value(i / Width, i % Width))], type);

    public static void WriteTensors(string folder, params BertTensor[] tensors)
    {
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors"));
        new Safetensors(tensors, Safetensors.DefaultMetadata).Write(stream);
    }

    public static BertTensor Mapping(long beyond = 0)
    {
        var mapping = new BertTensor("mapping", TensorType.I64, [Tokens]);
        for (int token = 0; token < Tokens; token++)
            BitConverter.TryWriteBytes(mapping.Writable.Span[(8 * token)..], token / 2 + beyond);
        return mapping;
    }

    private static BertTensor Factors()
    {
        var factors = new BertTensor("weights", TensorType.F64, [Tokens]);
        for (int token = 0; token < Tokens; token++)
            BitConverter.TryWriteBytes(factors.Writable.Span[(8 * token)..], (double)Factor(token));
        return factors;
    }

#pragma warning disable CA1859 // a list of anonymous objects has no name to return
    private static object Modules(string path, bool normalize)
    {
        var table = new { idx = 0, name = "0", path, type = "sentence_transformers.models.StaticEmbedding" };
        var unit = new { idx = 1, name = "1", path = "1_Normalize", type = "sentence_transformers.models.Normalize" };
        return normalize ? new[] { table, unit } : new[] { table };
    }

    private static void WriteTokenizer(string folder) => Tokenizer.ForTable().WriteTo(name =>
        name == "tokenizer.json" ? File.Create(Path.Combine(folder, name)) : new MemoryStream());

    private static void WriteJson(string folder, string name, object value) =>
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(value));
}
