using System.Numerics.Tensors;

namespace Bert.MLNet.Models;

/// <summary>sentence-transformers' module <c>Normalize</c>: scales a vector to length 1.</summary>
internal sealed class NormalizeLayer() : VectorLayer(Name, new Dictionary<string, object?>())
{
    public const string Name = "Normalize";

    /// <summary>The minimum divisor of a vector, as in <c>torch.nn.functional.normalize</c>.</summary>
    public const float MinNorm = 1e-12f;

    /// <summary>Reads the module's files: none, or those of newer versions.</summary>
    public static NormalizeLayer Read(ModuleFiles files)
    {
        foreach (string field in (string[])["module_input_name", "module_output_name"])
        {
            if (files.HasConfig && files.Config().Text(field) is { } name && name != "sentence_embedding")
                throw files.Unsupported($"'{field}' is '{name}'; only 'sentence_embedding' is supported");
        }
        return new NormalizeLayer();
    }

    public override void Apply(ReadOnlySpan<float> input, Span<float> output)
    {
        input.CopyTo(output);
        Apply(output);
    }

    /// <summary>Scales a vector to length 1; zeros remain zeros.</summary>
    public static void Apply(Span<float> vector) =>
        TensorPrimitives.Divide(vector, MathF.Max(TensorPrimitives.Norm<float>(vector), MinNorm), vector);
}
