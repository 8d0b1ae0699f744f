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
    private readonly (HeadLayer Layer, Dense Dense)[] _layers;

    /// <param name="head">The head.</param>
    /// <param name="deviation">The standard deviation of new weights.</param>
    /// <param name="register">Receives each dense layer and its canonical name.</param>
    public HeadModule(Head head, double deviation, Action<string, Dense> register)
    {
        _layers = [.. head.Layers.Select(layer => (layer, new Dense(layer.Inputs, layer.Outputs, deviation)))];
        foreach ((HeadLayer layer, Dense dense) in _layers)
            register(layer.Name, dense);
    }

    /// <returns>Logits, [tokens, outputs].</returns>
    /// <param name="tokens">Hidden states, [tokens, hidden].</param>
    /// <param name="training">Whether dropout is applied.</param>
    public Tensor Forward(Tensor tokens, bool training)
    {
        foreach ((HeadLayer layer, Dense dense) in _layers)
        {
            tokens = dense.Forward(tokens.Dropout(layer.Dropout, training));
            if (layer.Activation is { } activation)
                tokens = activation.Apply(tokens);
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
