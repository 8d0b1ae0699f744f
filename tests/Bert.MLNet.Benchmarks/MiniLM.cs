using Bert.MLNet.Models;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Benchmarks;

/// <summary>A checkpoint of the shape of MiniLM-L6 (22.6 million parameters) with seeded weights: the speed does not depend on their values.</summary>
internal static class MiniLM
{
    private static readonly BertConfig Config = new()
    {
        HiddenSize = 384,
        NumHiddenLayers = 6,
        NumAttentionHeads = 12,
        IntermediateSize = 1536,
        Architectures = ["BertModel"],
    };

    /// <summary>Makes the checkpoint.</summary>
    /// <param name="vocabularyFile">A <c>vocab.txt</c> of at most 30,522 lines.</param>
    public static BertModel Create(string vocabularyFile) =>
        new(Config, BertTokenizer.Create(vocabularyFile), BertWeights.Create(Tensors()), name: "MiniLM-L6 shape");

    private static IEnumerable<(string Name, int[] Shape, float[] Values)> Tensors()
    {
        int hidden = Config.HiddenSize;
        IEnumerable<(string, int[])> shapes =
        [
            ("embeddings.word_embeddings.weight", [Config.VocabSize, hidden]),
            ("embeddings.position_embeddings.weight", [Config.MaxPositionEmbeddings, hidden]),
            ("embeddings.token_type_embeddings.weight", [Config.TypeVocabSize, hidden]),
            .. Affine("embeddings.LayerNorm", hidden),
            .. Enumerable.Range(0, Config.NumHiddenLayers).SelectMany(layer => Layer($"encoder.layer.{layer}.")),
            .. Affine("pooler.dense", hidden, hidden),
        ];
        foreach ((string name, int[] shape) in shapes)
        {
            bool norm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            yield return (name, shape, SeededWeights.Values(name, shape.Aggregate(1, (a, b) => a * b), norm ? 0.05 : 0.04, norm ? 1 : 0));
        }
    }

    private static IEnumerable<(string, int[])> Layer(string name)
    {
        int hidden = Config.HiddenSize, intermediate = Config.IntermediateSize;
        return
        [
            .. Affine(name + "attention.self.query", hidden, hidden), .. Affine(name + "attention.self.key", hidden, hidden), .. Affine(name + "attention.self.value", hidden, hidden),
            .. Affine(name + "attention.output.dense", hidden, hidden), .. Affine(name + "attention.output.LayerNorm", hidden),
            .. Affine(name + "intermediate.dense", intermediate, hidden), .. Affine(name + "output.dense", hidden, intermediate), .. Affine(name + "output.LayerNorm", hidden),
        ];
    }

    private static IEnumerable<(string, int[])> Affine(string name, params int[] shape) => [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
