using System.Numerics.Tensors;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Models;

/// <summary>sentence-transformers' module <c>Dense</c>: activation(W·x + b).</summary>
internal sealed class DenseLayer : VectorLayer
{
    public const string Name = "Dense", Weight = "linear.weight", Bias = "linear.bias";

    private static readonly Dictionary<string, BertActivation?> s_activations = new(StringComparer.Ordinal)
    {
        ["Identity"] = null, ["Tanh"] = BertActivation.Tanh, ["ReLU"] = BertActivation.Relu, ["GELU"] = BertActivation.Gelu,
        ["Sigmoid"] = BertActivation.Sigmoid, ["SiLU"] = BertActivation.Silu,
    };

    private readonly string _function;
    private readonly float[] _weight, _bias;

    /// <param name="function">The activation function as PyTorch's class, such as <c>torch.nn.modules.activation.Tanh</c>.</param>
    /// <param name="weight">W, [outputs, inputs].</param>
    /// <param name="bias">b, [outputs], or null for none.</param>
    /// <exception cref="NotSupportedException">The function is not supported.</exception>
    public DenseLayer(string function, BertTensor weight, BertTensor? bias) : base(
        Name,
        new Dictionary<string, object?>
        {
            ["in_features"] = weight.Shape[1],
            ["out_features"] = weight.Shape[0],
            ["bias"] = bias is not null,
            ["activation_function"] = function,
        },
        bias is null ? [weight] : [weight, bias])
    {
        _function = function;
        Activation = s_activations.TryGetValue(function[(function.LastIndexOf('.') + 1)..], out BertActivation? known)
            && function.StartsWith("torch.nn.", StringComparison.Ordinal)
                ? known
                : throw new NotSupportedException(
                    $"the activation function '{function}' is not supported: only {string.Join(", ", s_activations.Keys)} of torch.nn are");
        _weight = ValuesOf(weight);
        _bias = bias is null ? [] : ValuesOf(bias);
        Rows = weight.Shape[0];
        Columns = weight.Shape[1];
    }

    /// <summary>The activation function, or null for none.</summary>
    public BertActivation? Activation { get; }

    public override int? Inputs => Columns;

    /// <summary>The numbers of outputs and inputs.</summary>
    public int Rows { get; }

    /// <inheritdoc cref="Rows"/>
    public int Columns { get; }

    public bool HasBias => _bias.Length > 0;

    /// <summary>Reads the module's files.</summary>
    public static DenseLayer Read(ModuleFiles files)
    {
        JsonFields fields = files.Config();
        if (fields.Text("module_input_name") is { } input && input != "sentence_embedding")
            throw files.Unsupported($"'module_input_name' is '{input}'; only 'sentence_embedding' is supported");
        if (fields.Text("module_output_name") is { } output && output != "sentence_embedding")
            throw files.Unsupported($"'module_output_name' is '{output}'; only 'sentence_embedding' is supported");
        if (fields.Flag("use_residual") == true)
            throw files.Unsupported("'use_residual' is not supported");
        int inputs = fields.Whole("in_features", 1) ?? throw files.Missing("in_features");
        int outputs = fields.Whole("out_features", 1) ?? throw files.Missing("out_features");
        string function = fields.Text("activation_function") ?? "torch.nn.modules.activation.Tanh";
        Safetensors tensors = files.Tensors();
        BertTensor weight = files.Tensor(tensors, Weight, outputs, inputs);
        BertTensor? bias = fields.Flag("bias") ?? true ? files.Tensor(tensors, Bias, outputs) : null;
        try
        {
            return new DenseLayer(function, weight, bias);
        }
        catch (NotSupportedException exception)
        {
            throw files.Unsupported(exception.Message);
        }
    }

    public override int Outputs(int inputs) => Rows;

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int row = 0; row < output.Length; row++)
            output[row] = TensorPrimitives.Dot(input, _weight.AsSpan(row * Columns, Columns));
        if (HasBias)
            TensorPrimitives.Add(output, _bias, output);
        Activation?.Apply(output);
    }

    public override VectorLayer With(Func<string, float[]> values) =>
        new DenseLayer(_function, Replace(Tensors[0], values), HasBias ? Replace(Tensors[1], values) : null);
}
