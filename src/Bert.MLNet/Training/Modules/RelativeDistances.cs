using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>The embeddings of distances for <see cref="DisentangledAttention"/>: one table for all layers.</summary>
internal sealed class RelativeDistances(DisentangledAttention attention, Embedding table, Norm? norm)
{
    /// <summary>Makes the table and registers it under its canonical name.</summary>
    public static RelativeDistances Create(DisentangledAttention attention, BertConfig config, Module root)
    {
        Embedding table = InitialWeights.Table(config.InitializerRange, 2 * attention.Span, config.HiddenSize);
        ModuleGroup.Register(root, attention.Table[..^".weight".Length], table);
        Norm? norm = attention.Norm is null ? null : new Norm(config, config.Shape.NormHasBias);
        if (norm is not null)
            ModuleGroup.Register(root, attention.Norm!, norm);
        return new RelativeDistances(attention, table, norm);
    }

    /// <summary>The embeddings, [2 × span, hidden].</summary>
    public Tensor Embeddings() => norm?.Forward(table.weight!) ?? table.weight!;

    /// <summary>The row of each query and key, [1, 1, length, length].</summary>
    public Tensor Rows(int length)
    {
        long[] byDistance = attention.Rows(1 - length, 2 * length - 1), rows = new long[length * length];
        for (int query = 0; query < length; query++)
        {
            for (int key = 0; key < length; key++)
                rows[query * length + key] = byDistance[query - key + length - 1];
        }
        return tensor(rows, 1, 1, length, length, device: table.weight!.device);
    }
}
