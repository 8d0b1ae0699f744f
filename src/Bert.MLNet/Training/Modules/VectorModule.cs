using Bert.MLNet.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>
/// A module with weights that follows the pooling of a sentence encoder. Its parameters have the names in the module's file.
/// </summary>
internal sealed class VectorModule : ExplicitModule
{
    private readonly Func<VectorModule, Tensor, Tensor> _forward;

    private VectorModule(VectorLayer layer, Func<VectorModule, Tensor, Tensor> forward) : base(layer.Kind)
    {
        _forward = forward;
        foreach (BertTensor tensor in layer.Tensors)
        {
            string[] parts = tensor.Name.Split('.');
            if (!named_children().Any(child => child.name == parts[0]))
                register_module(parts[0], new ParameterGroup());
            Parameter parameter = nn.Parameter(zeros([.. tensor.Shape.Select(size => (long)size)]));
            tensor.CopyTo(parameter.Values());
            Group(parts[0]).Add(parts[1], parameter);
        }
    }

    /// <summary>Creates the module for a layer with its weights, or returns null for a layer without weights, which normalizes.</summary>
    public static VectorModule? Create(VectorLayer layer) => layer switch
    {
        DenseLayer dense => new VectorModule(dense, (module, vectors) =>
        {
            Tensor output = nn.functional.linear(vectors, module.Get(DenseLayer.Weight)!, module.Get(DenseLayer.Bias));
            return dense.Activation is { } activation ? activation.Apply(output) : output;
        }),
        LayerNormLayer => new VectorModule(layer, (module, vectors) => nn.functional.layer_norm(
            vectors, [vectors.shape[1]], module.Get(LayerNormLayer.Weight), module.Get(LayerNormLayer.Bias), LayerNormLayer.Epsilon)),
        _ => null,
    };

    /// <param name="vectors">The vectors, [rows, inputs].</param>
    /// <returns>The results, [rows, outputs].</returns>
    public Tensor Forward(Tensor vectors) => _forward(this, vectors);

    /// <summary>The values of a parameter, by its name in the module's file.</summary>
    public float[] ValuesOf(string name) => Get(name)!.Values().ToArray();

    private Parameter? Get(string name) => Group(name.Split('.')[0]).get_parameter(name.Split('.')[1]);

    private ParameterGroup Group(string name) => (ParameterGroup)named_children().First(child => child.name == name).module;

    /// <summary>The parameters of a level of names, such as <c>linear</c> in <c>linear.weight</c>.</summary>
    private sealed class ParameterGroup() : ExplicitModule(nameof(ParameterGroup))
    {
        public void Add(string name, Parameter parameter) => register_parameter(name, parameter);
    }
}
