using System.Globalization;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>
/// Translates tensor names of checkpoints to canonical names: those of HuggingFace's BERT, without the <c>bert.</c> prefix.
/// </summary>
internal static class CanonicalNames
{
    public const string WordEmbeddings = "embeddings.word_embeddings.weight";
    public const string PositionEmbeddings = "embeddings.position_embeddings.weight";
    public const string TokenTypeEmbeddings = "embeddings.token_type_embeddings.weight";
    public const string EmbeddingProjection = "embeddings.projection";
    public const string DecoderLayer = "cls.predictions.decoder";
    public const string Decoder = DecoderLayer + ".weight";
    public const string DecoderBias = "cls.predictions.bias";
    public const string Layer = "encoder.layer.";

    /// <summary>The part of a decoder's layer that attends to the source, before the names of its tensors.</summary>
    public const string CrossAttention = "crossattention.";

    /// <summary>The name within a layer of its blocks after the first, before their number.</summary>
    public const string InnerBlocks = "inner";

    /// <summary>Gets the canonical name of a tensor.</summary>
    /// <param name="name">The name in the file.</param>
    /// <param name="encoder">The prefix of the encoder's names in this file: nothing, the family's prefix such as <c>bert.</c>, or that
    /// after the prefix of a wrapper.</param>
    /// <param name="family">The family whose names the file uses.</param>
    public static string Of(string name, string encoder, ModelFamily family)
    {
        string wrapper = Wrapper(encoder, family);
        if (name.StartsWith(encoder, StringComparison.Ordinal))
            name = name[encoder.Length..];
        else if (name.StartsWith(wrapper, StringComparison.Ordinal))
            name = name[wrapper.Length..];

        name = family.Names.ToCanonical(name);
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal))
            return name[..^"gamma".Length] + "weight";
        if (name.EndsWith("LayerNorm.beta", StringComparison.Ordinal))
            return name[..^"beta".Length] + "bias";
        return name;
    }

    /// <summary>Gets the name in a file of a canonical name.</summary>
    /// <param name="name">The canonical name.</param>
    /// <param name="encoder">The prefix of the encoder's names in that file.</param>
    /// <param name="family">The family whose names the file uses.</param>
    public static string InFile(string name, string encoder, ModelFamily family) =>
        (IsEncoder(name) ? encoder : Wrapper(encoder, family)) + family.Names.ToFile(FusedTensors.Whole(name, family));

    /// <summary>Gets the prefix of the names of a layer's block. The names of its first block are directly in the layer.</summary>
    public static string Block(int layer, int block) => block == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Layer}{layer}.")
        : string.Create(CultureInfo.InvariantCulture, $"{Layer}{layer}.{InnerBlocks}.{block}.");

    /// <summary>Whether a tensor belongs to the encoder, including the pooler, and not to a head.</summary>
    public static bool IsEncoder(string name) =>
        name.StartsWith("embeddings.", StringComparison.Ordinal)
            || name.StartsWith("encoder.", StringComparison.Ordinal)
            || name.StartsWith("pooler.", StringComparison.Ordinal);

    /// <summary>Gets the number of a tensor's layer, counted from 0, or null if it does not belong to a layer.</summary>
    public static int? LayerOf(string name)
    {
        if (!name.StartsWith(Layer, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> number = name.AsSpan(Layer.Length);
        int end = number.IndexOf('.');
        return end > 0 && int.TryParse(number[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : null;
    }

    /// <summary>Gets the name of the tensor of another layer that corresponds to one of a layer.</summary>
    public static string InLayer(string name, int layer) =>
        string.Create(CultureInfo.InvariantCulture, $"{Layer}{layer}{name[name.IndexOf('.', Layer.Length)..]}");

    /// <summary>
    /// What stands before the encoder's names: everything in front of the token embeddings. Those of a decoder are only used if there are
    /// no others.
    /// </summary>
    /// <param name="names">The names of all tensors of a checkpoint.</param>
    /// <param name="file">Where they are, for messages.</param>
    /// <param name="family">The family whose spelling the file has.</param>
    /// <exception cref="InvalidDataException">The file holds no encoder, or several.</exception>
    public static string EncoderPrefix(IEnumerable<string> names, string file, ModelFamily family)
    {
        string words = family.Names.ToFile(WordEmbeddings);
        string[] all = [.. names.Where(name => name == words || name.EndsWith("." + words, StringComparison.Ordinal)).Take(3)];
        string[] found = [.. all.Where(name => all.Length == 1 || !name.StartsWith(DecoderWeights.Prefix, StringComparison.Ordinal))];
        return found switch
        {
            [string name] => name[..^words.Length],
            [] => throw new InvalidDataException(
                $"'{file}' has no tensor '{words}', so it is not a BERT model. Save the whole model again with save_pretrained."),
            _ => throw new InvalidDataException(
                $"'{file}' contains several encoders: '{found[0]}' and '{found[1]}'. Save the one that you need with save_pretrained."),
        };
    }

    private static string Wrapper(string encoder, ModelFamily family) =>
        encoder.EndsWith(family.EncoderPrefix, StringComparison.Ordinal) ? encoder[..^family.EncoderPrefix.Length] : encoder;
}
