using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>The bias that attention adds to its scores for the distance between tokens: one table for all layers.</summary>
internal sealed class RelativePositions(Embedding table, ScalarType precision)
{
    /// <summary>Creates the table and registers it under its canonical name.</summary>
    public static RelativePositions Create(RelativePositionBias bias, BertConfig config, ScalarType precision, Module root)
    {
        Embedding table = InitialWeights.Table(config.InitializerRange, bias.Rows, config.NumAttentionHeads);
        ModuleGroup.Register(root, bias.Weight[..^".weight".Length], table);
        return new RelativePositions(table, precision);
    }

    /// <returns>[1, heads, length, length].</returns>
    public Tensor Forward(int length)
    {
        long[] byDistance = RelativePositionBias.Table(length);
        long[] buckets = new long[length * length];
        for (int query = 0; query < length; query++)
            byDistance.AsSpan(length - 1 - query, length).CopyTo(buckets.AsSpan(query * length));
        return table.forward(tensor(buckets, length, length, device: table.weight!.device)).permute(2, 0, 1).unsqueeze(0).to(precision);
    }
}
