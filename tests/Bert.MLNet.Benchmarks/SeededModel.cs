using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Testing;

namespace Bert.MLNet.Benchmarks;

/// <summary>Checkpoints of known shapes with seeded weights: the speed does not depend on their values.</summary>
internal static class SeededModel
{
    /// <summary>Makes an encoder, with a pooler where the family has one.</summary>
    /// <param name="shape">The name of one of <see cref="SeededShape.All"/>.</param>
    /// <param name="vocabularyFile">A <c>vocab.txt</c> of at most 30,522 lines, for shapes with WordPiece.</param>
    /// <param name="labels">A classifier's labels; none: there is no classifier.</param>
    /// <exception cref="DirectoryNotFoundException">The tokenizer of the shape does not lie beside the repository.</exception>
    public static BertModel Create(string shape, string vocabularyFile, params IReadOnlyList<string> labels)
    {
        SeededShape seeded = SeededShape.All[shape];
        BertTokenizer tokenizer = seeded.OpenTokenizer(vocabularyFile);
        BertConfig config = seeded.Config with { PadTokenId = tokenizer.PadTokenId };
        if (labels.Count > 0)
            config = config.WithHead(HeadKind.SequenceClassification, labels);
        return new BertModel(config, tokenizer, BertWeights.Create(Tensors(config, labels.Count > 0)), name: $"{shape} shape");
    }

    private static IEnumerable<BertTensor> Tensors(BertConfig config, bool isClassifier)
    {
        IEnumerable<HeadLayer> layers =
        [
            .. config.Shape.Pooler is { } pooler ? [pooler] : Array.Empty<HeadLayer>(),
            .. isClassifier ? config.Head(HeadKind.SequenceClassification)!.Layers : [],
        ];
        foreach ((string name, int[] shape) in
            ExpectedTensors.Encoder(config).Concat(layers.SelectMany(layer => layer.Tensors))
            .DistinctBy(tensor => tensor.Name))
        {
            bool norm = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal);
            float[] values = SeededWeights.Values(name, shape.Aggregate(1, (a, b) => a * b), norm ? 0.05 : 0.04, norm ? 1 : 0);
            yield return BertTensor.Create(name, shape, values);
        }
    }
}
