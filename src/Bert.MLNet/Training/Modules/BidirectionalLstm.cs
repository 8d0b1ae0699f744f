using Bert.MLNet.Models.Families;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A bidirectional LSTM of one layer, with the parameters of PyTorch's <c>nn.LSTM</c>. Padding does not change the results: the forward
/// direction ends, and the backward direction begins, at the last token of each row.
/// </summary>
internal sealed class BidirectionalLstm : ExplicitModule
{
    private readonly int _size;

    public BidirectionalLstm(HeadLayer layer) : base(nameof(BidirectionalLstm))
    {
        _size = layer.LstmSize;
        // The distribution of PyTorch's LSTM has the same variance.
        double deviation = 1 / Math.Sqrt(3.0 * _size);
        foreach ((string name, int[] shape) in layer.Tensors)
        {
            register_parameter(
                name[(layer.Name.Length + 1)..],
                nn.Parameter(InitialWeights.Normal(deviation, [.. shape.Select(size => (long)size)])));
        }
    }

    /// <summary>Computes the states of both directions, [rows, length, 2 × size]. Those of padding are never read.</summary>
    /// <param name="hidden">The hidden states, [rows, length, hidden].</param>
    /// <param name="batch">The rows.</param>
    public Tensor States(Tensor hidden, PaddedBatch batch)
    {
        Tensor mask = batch.Mask(hidden.device);
        return cat([stack(Run(hidden, mask, ""), 1), stack(Run(hidden, mask, HeadLayer.Reverse), 1)], -1);
    }

    /// <summary>Computes the last states of both directions, [rows, 2 × size].</summary>
    /// <inheritdoc cref="States"/>
    public Tensor Ends(Tensor hidden, PaddedBatch batch)
    {
        Tensor mask = batch.Mask(hidden.device);
        return cat([Run(hidden, mask, "")[^1], Run(hidden, mask, HeadLayer.Reverse)[0]], -1);
    }

    // The state after each token, in the order of the tokens. The state stays as it is at padding.
    private Tensor[] Run(Tensor hidden, Tensor mask, string direction)
    {
        Tensor inputs = nn.functional.linear(hidden.to(ScalarType.Float32), Get("weight_ih_l0"), Get("bias_ih_l0"));
        Tensor weight = Get("weight_hh_l0"), bias = Get("bias_hh_l0");
        int length = (int)hidden.shape[1];
        Tensor state = zeros([hidden.shape[0], _size], device: hidden.device), cell = state;
        var states = new Tensor[length];
        for (int step = 0; step < length; step++)
        {
            int token = direction.Length > 0 ? length - 1 - step : step;
            Tensor[] gates = inputs.select(1, token).Plus(nn.functional.linear(state, weight, bias)).chunk(4, 1);
            Tensor isToken = mask.select(1, token);
            Tensor next = (gates[1].sigmoid() * cell).Plus(gates[0].sigmoid() * gates[2].tanh());
            cell = where(isToken, next, cell);
            state = where(isToken, gates[3].sigmoid() * next.tanh(), state);
            states[token] = state;
        }
        return states;

        Parameter Get(string name) => get_parameter(name + direction)!;
    }
}
