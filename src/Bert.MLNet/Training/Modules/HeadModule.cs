using Bert.MLNet.Models.Families;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A head as a chain of TorchSharp modules. They are registered in the module to which the head belongs, under their canonical
/// names.
/// </summary>
internal sealed class HeadModule
{
    private readonly (HeadLayer Layer, Dense Dense, Norm? Norm)[] _layers;

    /// <param name="head">The head.</param>
    /// <param name="config">Whose encoder it stands on.</param>
    /// <param name="register">Takes each part and its canonical name.</param>
    public HeadModule(Head head, BertConfig config, Action<string, nn.Module> register)
    {
        ReadsMean = head.ReadsMean;
        _layers =
        [
            .. from layer in head.Layers
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

    /// <inheritdoc cref="Head.ReadsMean"/>
    public bool ReadsMean { get; }

    /// <returns>Logits, [tokens, outputs].</returns>
    /// <param name="tokens">Hidden states, [tokens, hidden].</param>
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
