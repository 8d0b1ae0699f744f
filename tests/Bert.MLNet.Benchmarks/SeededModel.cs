using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Benchmarks;

/// <summary>Checkpoints of known shapes with seeded weights: the speed does not depend on their values.</summary>
internal static class SeededModel
{
    /// <summary>Shapes by the names that they are known by.</summary>
    public static IReadOnlyDictionary<string, BertConfig> Shapes { get; } = new Dictionary<string, BertConfig>
    {
        ["BERT-Tiny"] = Shape(layers: 2, hidden: 128, heads: 2),
        ["BERT-Mini"] = Shape(layers: 4, hidden: 256, heads: 4),
        ["MiniLM-L6"] = Shape(layers: 6, hidden: 384, heads: 12),
        ["BERT-base"] = Shape(layers: 12, hidden: 768, heads: 12),
    };

    /// <summary>Makes an encoder with a pooler.</summary>
    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    /// <param name="vocabularyFile">A <c>vocab.txt</c> of at most 30,522 lines.</param>
    /// <param name="labels">A classifier's labels; none: there is no classifier.</param>
    public static BertModel Create(string shape, string vocabularyFile, params IReadOnlyList<string> labels)
    {
        BertConfig config = Shapes[shape];
        if (labels.Count > 0)
            config = config.WithHead(HeadKind.SequenceClassification, labels);
        return new(config, BertTokenizer.Create(vocabularyFile, new BertTokenizerOptions { ModelMaxLength = config.MaxPositionEmbeddings }), BertWeights.Create(Tensors(config, labels.Count)), name: $"{shape} shape");
    }

    private static BertConfig Shape(int layers, int hidden, int heads) => new()
    {
        HiddenSize = hidden,
        NumHiddenLayers = layers,
        NumAttentionHeads = heads,
        IntermediateSize = 4 * hidden,
        Architectures = ["BertModel"],
    };

    private static IEnumerable<(string Name, int[] Shape, float[] Values)> Tensors(BertConfig config, int labels)
    {
        int hidden = config.HiddenSize;
        IEnumerable<(string, int[])> shapes =
        [
            ("embeddings.word_embeddings.weight", [config.VocabSize, hidden]),
            ("embeddings.position_embeddings.weight", [config.MaxPositionEmbeddings, hidden]),
            ("embeddings.token_type_embeddings.weight", [config.TypeVocabSize, hidden]),
            .. Affine("embeddings.LayerNorm", hidden),
            .. Enumerable.Range(0, config.NumHiddenLayers).SelectMany(layer => Layer($"encoder.layer.{layer}.", hidden, config.IntermediateSize)),
            .. Affine("pooler.dense", hidden, hidden),
            .. labels > 0 ? Affine("classifier", labels, hidden) : [],
        ];
        foreach ((string name, int[] shape) in shapes)
        {
            bool norm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            yield return (name, shape, SeededWeights.Values(name, shape.Aggregate(1, (a, b) => a * b), norm ? 0.05 : 0.04, norm ? 1 : 0));
        }
    }

    private static IEnumerable<(string, int[])> Layer(string name, int hidden, int intermediate) =>
    [
        .. Affine(name + "attention.self.query", hidden, hidden), .. Affine(name + "attention.self.key", hidden, hidden), .. Affine(name + "attention.self.value", hidden, hidden),
        .. Affine(name + "attention.output.dense", hidden, hidden), .. Affine(name + "attention.output.LayerNorm", hidden),
        .. Affine(name + "intermediate.dense", intermediate, hidden), .. Affine(name + "output.dense", hidden, intermediate), .. Affine(name + "output.LayerNorm", hidden),
    ];

    private static IEnumerable<(string, int[])> Affine(string name, params int[] shape) => [(name + ".weight", shape), (name + ".bias", [shape[0]])];
}
