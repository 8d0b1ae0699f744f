using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>Creates checkpoints with some of the layers of another one.</summary>
internal static class LayerSelection
{
    /// <param name="model">A checkpoint with float weights.</param>
    /// <param name="layers">The layers to keep, counted from 0, in ascending order.</param>
    /// <exception cref="ArgumentException">There are no layers, or they are not in ascending order.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint does not have one of the layers.</exception>
    /// <exception cref="NotSupportedException">No config describes these layers.</exception>
    public static BertModel Keep(BertModel model, IReadOnlyList<int> layers)
    {
        BertConfig config = model.Config;
        Check(config, layers, model.Name);
        int[] stored = [.. layers.Select(layer => config.Shape.StoredLayer(layer, config.NumHiddenLayers)).Distinct()];
        BertConfig shorter = Candidates(config, layers.Count, stored.Length).FirstOrDefault(other => IsSame(config, layers, stored, other))
            ?? throw new NotSupportedException(
                $"'{model.Name}' ({config.ModelType}) cannot keep only the layers {Names(layers)}: {Reason(config.Shape)}");
        return new BertModel(shorter, model.Tokenizer, Rename(model.Weights!, stored).For(shorter), model.Sentence, model.Name);
    }

    private static void Check(BertConfig config, IReadOnlyList<int> layers, string name)
    {
        if (layers.Count == 0)
            throw new ArgumentException("There are no layers to keep. Name at least one.", nameof(layers));
        foreach (int layer in layers)
        {
            if (layer < 0 || layer >= config.NumHiddenLayers)
                throw new ArgumentOutOfRangeException(
                    nameof(layers), $"Layer {layer} does not exist: '{name}' has the layers 0 to {config.NumHiddenLayers - 1}.");
        }
        if (layers.Zip(layers.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new ArgumentException(
                $"The layers {Names(layers)} are not in ascending order. Name each layer once, from the first to the last.",
                nameof(layers));
    }

    // Only the numbers of layers, of groups and of layers between those that attend to all tokens can differ.
    private static IEnumerable<BertConfig> Candidates(BertConfig config, int layers, int stored)
    {
        BertConfig shorter = config with { NumHiddenLayers = layers };
        if (config.Shape.LayerGroups is not null)
            shorter = shorter with { NumHiddenGroups = stored };
        IEnumerable<int> distances = config.Shape.LocalAttention is null ? [] : Enumerable.Range(1, layers);
        return [shorter, .. distances.Select(distance => shorter with { GlobalAttnEveryNLayers = distance })];
    }

    /// <summary>Whether the layers of another config compute the same as those that are kept.</summary>
    private static bool IsSame(BertConfig config, IReadOnlyList<int> layers, int[] stored, BertConfig other)
    {
        EncoderShape shape = config.Shape, shorter = other.Shape;
        return layers.Index().All(layer =>
            stored[shorter.StoredLayer(layer.Index, layers.Count)] == shape.StoredLayer(layer.Item, config.NumHiddenLayers)
            && shorter.HasAttentionNorm(layer.Index) == shape.HasAttentionNorm(layer.Item)
            && shorter.RotaryBase(layer.Index) == shape.RotaryBase(layer.Item)
            && shorter.Window(layer.Index) == shape.Window(layer.Item));
    }

    private static string Names(IReadOnlyList<int> layers) => string.Join(", ", layers.Select(layer => $"{layer}"));

    private static string Reason(EncoderShape shape) =>
        shape.LayerGroups is not null ? "its layers share weights in groups. Keep the same number of layers of each group."
        : "its first layer differs from the others, and layers that attend to all tokens must recur at a regular distance from it. Keep " +
            "the first layer, and others accordingly.";

    private static BertWeights Rename(BertWeights weights, int[] stored) => BertWeights.Create(
        from name in weights.Names
        let layer = CanonicalNames.LayerOf(name)
        let place = layer is null ? 0 : Array.IndexOf(stored, layer.Value)
        where place >= 0
        select weights[name].Rename(layer is null ? name : CanonicalNames.InLayer(name, place)), weights.FileName);
}
