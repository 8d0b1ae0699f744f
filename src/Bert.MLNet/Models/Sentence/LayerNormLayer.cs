using System.Numerics.Tensors;

namespace Bert.MLNet.Models;

/// <summary>sentence-transformers' module <c>LayerNorm</c>: PyTorch's LayerNorm over the values of a vector.</summary>
internal sealed class LayerNormLayer : VectorLayer
{
    public const string Name = "LayerNorm", Weight = "norm.weight", Bias = "norm.bias";

    /// <summary>The epsilon in the variance: PyTorch's default, which the module does not change.</summary>
    public const double Epsilon = 1e-5;

    private readonly float[] _weight, _bias;

    public LayerNormLayer(BertTensor weight, BertTensor bias)
        : base(Name, new Dictionary<string, object?> { ["dimension"] = weight.Count }, weight, bias) =>
        (_weight, _bias) = (ValuesOf(weight), ValuesOf(bias));

    public override int? Inputs => _weight.Length;

    /// <summary>Reads the module's files.</summary>
    public static LayerNormLayer Read(ModuleFiles files)
    {
        int dimension = files.Config().Whole("dimension", 1) ?? throw files.Missing("dimension");
        Safetensors tensors = files.Tensors();
        return new LayerNormLayer(files.Tensor(tensors, Weight, dimension), files.Tensor(tensors, Bias, dimension));
    }

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        TensorPrimitives.Subtract(input, TensorPrimitives.Sum(input) / input.Length, output);
        double variance = TensorPrimitives.SumOfSquares<float>(output) / output.Length;
        TensorPrimitives.Multiply(output, (float)(1 / Math.Sqrt(variance + Epsilon)), output);
        TensorPrimitives.MultiplyAdd(output, _weight, _bias, output);
    }

    public override VectorLayer With(Func<string, float[]> values) =>
        new LayerNormLayer(Replace(Tensors[0], values), Replace(Tensors[1], values));
}
