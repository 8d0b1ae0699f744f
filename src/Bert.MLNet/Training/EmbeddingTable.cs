using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>A table of vectors looked up by id.</summary>
internal sealed class EmbeddingTable : ExplicitModule
{
    public EmbeddingTable(long rows, long width, double deviation) : base(nameof(EmbeddingTable))
    {
        using Tensor noise = randn(rows, width);
        register_parameter("weight", Parameter(noise.Times(deviation)));
    }

    /// <summary>The table, [rows, width].</summary>
    public Parameter Weight => get_parameter("weight")!;

    /// <returns>[batch, length, width] for ids of [batch, length].</returns>
    public Tensor Forward(Tensor ids) => Weight.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1);
}
