namespace Bert.MLNet.Models.Families;

/// <summary>
/// Maps the tensor names of a family to canonical names, which are those of HuggingFace's BERT. Names that are not listed are identical in
/// both.
/// </summary>
/// <remarks>
/// A part matches a whole name, or a prefix of it that ends at a dot. If several names in files have one canonical name, the first is
/// written.
/// </remarks>
internal sealed record TensorNames
{
    private const string CanonicalLayer = "encoder.layer.";

    /// <summary>The prefix of a layer's names, before its number.</summary>
    public string Layer { get; init; } = CanonicalLayer;

    /// <summary>Other prefixes of a layer's names in files. Default: none.</summary>
    public IReadOnlyList<string> OtherLayers { get; init; } = [];

    /// <summary>The parts within a layer.</summary>
    public IReadOnlyList<(string InFile, string Canonical)> LayerParts { get; init; } = [];

    /// <summary>The parts outside the layers.</summary>
    public IReadOnlyList<(string InFile, string Canonical)> Parts { get; init; } = [];

    /// <summary>Gets the canonical name for a name in a file, without the encoder's prefix.</summary>
    public string ToCanonical(string name) => Translate(
        name, OtherLayers.FirstOrDefault(layer => name.StartsWith(layer, StringComparison.Ordinal)) ?? Layer, CanonicalLayer, part => part);

    /// <summary>Gets the name in a file for a canonical name.</summary>
    public string ToFile(string name) => Translate(name, CanonicalLayer, Layer, part => (part.Canonical, part.InFile));

    private string Translate(
        string name, string layerFrom, string layerTo, Func<(string InFile, string Canonical), (string From, string To)> direction)
    {
        if (!name.StartsWith(layerFrom, StringComparison.Ordinal))
            return Replace(name, Parts.Select(direction));
        string rest = name[layerFrom.Length..];
        int number = rest.IndexOf('.', StringComparison.Ordinal) + 1;
        return layerTo + rest[..number] + Replace(rest[number..], LayerParts.Select(direction));
    }

    private static string Replace(string name, IEnumerable<(string From, string To)> parts)
    {
        foreach ((string from, string to) in parts)
        {
            if (name == from || name.StartsWith(from + ".", StringComparison.Ordinal))
                return to + name[from.Length..];
        }
        return name;
    }
}
