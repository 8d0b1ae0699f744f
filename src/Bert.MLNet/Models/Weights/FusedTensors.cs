using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Models;

/// <summary>
/// Tensors that files of some families have as one, the rows of one below those of the other. In memory they are several, which share the
/// memory of the one that was read.
/// </summary>
internal static class FusedTensors
{
    /// <summary>The canonical names in a layer of queries, keys and values as one.</summary>
    public const string QueryKeyValue = "attention.self.query_key_value";

    /// <summary>The canonical names in a layer of the first linear function of a feed-forward network and its gate as one.</summary>
    public const string DenseGate = "intermediate.dense_gate";

    private static readonly (string Fused, string[] Parts)[] s_all =
    [
        (QueryKeyValue, ["attention.self.query", "attention.self.key", "attention.self.value"]),
        (DenseGate, ["intermediate.dense", "intermediate.gate"]),
    ];

    /// <summary>The canonical names of the tensors that one of a file stands for: its own, unless it is fused.</summary>
    public static IReadOnlyList<string> Parts(string name)
    {
        foreach ((string fused, string[] parts) in s_all)
        {
            if (name.Contains($".{fused}.", StringComparison.Ordinal))
                return [.. parts.Select(part => name.Replace($".{fused}.", $".{part}.", StringComparison.Ordinal))];
        }
        return [name];
    }

    /// <summary>Whether that is the canonical name of several tensors in one.</summary>
    public static bool IsFused(string name) => s_all.Any(entry => name.Contains($".{entry.Fused}.", StringComparison.Ordinal));

    /// <summary>The canonical name of the tensor of a family's files that has this one in it: the same, unless that is fused.</summary>
    public static string Whole(string name, ModelFamily family)
    {
        foreach ((string fused, string[] parts) in s_all)
        {
            if (family.Names.LayerParts.Any(part => part.Canonical == fused)
                && Array.Find(parts, part => name.Contains($".{part}.", StringComparison.Ordinal)) is { } found)
                return name.Replace($".{found}.", $".{fused}.", StringComparison.Ordinal);
        }
        return name;
    }

    /// <summary>The tensors that one of a file stands for, by canonical name.</summary>
    /// <exception cref="InvalidDataException">Its rows cannot be divided among them.</exception>
    public static IEnumerable<(string Name, BertTensor Tensor)> Split(string name, BertTensor tensor, string file)
    {
        IReadOnlyList<string> parts = Parts(name);
        if (parts.Count == 1)
            return [(name, tensor)];
        if (tensor.Shape is not [var rows, ..] || rows % parts.Count != 0)
            throw new InvalidDataException(
                $"Tensor '{tensor.Name}' in '{file}' has the shape {ShapeText.Of(tensor.Shape)}, and its rows stand for {parts.Count} " +
                "tensors " +
                "of the same size. Copy or download the checkpoint again.");
        return parts.Select((part, i) => (part, tensor.Rows(i * (rows / parts.Count), rows / parts.Count)));
    }

    /// <summary>Tensors in the order of their parts as one; a single one as it is.</summary>
    public static BertTensor Join(string name, IEnumerable<(string Name, BertTensor Tensor)> tensors)
    {
        (string Name, BertTensor Tensor)[] some = [.. tensors];
        if (some is [var only])
            return only.Tensor.Rename(name);
        BertTensor[] parts = [.. some.OrderBy(tensor => Place(tensor.Name)).Select(tensor => tensor.Tensor)];
        var whole = new BertTensor(name, parts[0].Type, [parts.Sum(part => part.Shape[0]), .. parts[0].Shape[1..]]);
        int start = 0;
        foreach (BertTensor part in parts)
        {
            part.CopyRowsTo(whole.Writable.Span.Slice(start, part.Bytes.Length));
            start += part.Bytes.Length;
        }
        return whole;
    }

    private static int Place(string name) =>
        s_all.Max(entry => Array.FindIndex(entry.Parts, part => name.Contains($".{part}.", StringComparison.Ordinal)));
}
