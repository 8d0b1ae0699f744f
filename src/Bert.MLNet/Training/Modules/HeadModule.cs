using Bert.MLNet.Models.Families;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A head as a chain of TorchSharp modules. They are registered under their canonical names in the module that the head belongs to.
/// </summary>
internal sealed class HeadModule
{
    private readonly (HeadLayer Layer, Dense Dense, Norm? Norm)[] _layers;

    /// <param name="head">The description of the head.</param>
    /// <param name="config">The config of the encoder that the head reads.</param>
    /// <param name="register">Registers each part under its canonical name.</param>
    public HeadModule(Head head, BertConfig config, Action<string, nn.Module> register)
    {
        ReadsMean = head.ReadsMean;
        if (head.Lstm is { } lstm)
            register(lstm.Name, Lstm = new BidirectionalLstm(lstm));
        _layers =
        [
            .. from layer in head.Layers
               where layer.LstmSize == 0
               let dense = new Dense(layer.Inputs, layer.Outputs, config.InitializerRange, hasBias: layer.Bias is not null)
               select (layer, dense, layer.Norm is null ? null : new Norm(config, layer.NormHasBias)),
        ];
        foreach ((HeadLayer layer, Dense dense, Norm? norm) in _layers)
        {
            register(layer.Name, dense);
            if (norm is not null)
                register(layer.Norm!, norm);
        }
    }

    /// <summary>The LSTM whose states the other layers read; null if they read hidden states.</summary>
    public BidirectionalLstm? Lstm { get; }

    /// <inheritdoc cref="Head.ReadsMean"/>
    public bool ReadsMean { get; }

    /// <returns>The logits, [tokens, outputs].</returns>
    /// <param name="tokens">The hidden states, [tokens, hidden].</param>
    /// <param name="training">Whether dropout is applied.</param>
    public Tensor Forward(Tensor tokens, bool training)
    {
        foreach ((HeadLayer layer, Dense dense, Norm? norm) in _layers)
        {
            tokens = dense.Forward(tokens.Dropout(layer.Dropout, training));
            if (layer.Activation is { } activation)
                tokens = activation.Apply(tokens);
            if (norm is not null)
                tokens = norm.Forward(tokens);
        }
        return tokens;
    }

    /// <summary>Changes the head so that it computes <paramref name="scale"/>·x + <paramref name="shift"/> instead of x.</summary>
    public void Rescale(double scale, double shift)
    {
        foreach ((string name, Parameter parameter) in _layers[^1].Dense.State())
        {
            Span<float> values = parameter.Values();
            TensorPrimitives.Multiply(values, (float)scale, values);
            if (name == "bias")
                TensorPrimitives.Add(values, (float)shift, values);
        }
    }
}
