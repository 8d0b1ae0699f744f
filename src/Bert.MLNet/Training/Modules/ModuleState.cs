using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Bert.MLNet.Training;

/// <summary>Copies weights into and out of a module.</summary>
internal static class ModuleState
{
    private const string EncoderPrefix = "bert.";

    /// <summary>Returns the parameters and their names, in a fixed order.</summary>
    public static IReadOnlyList<(string Name, Parameter Parameter)> State(this Module module) =>
        [.. module.named_parameters().Select(p => (p.name, p.parameter))];

    /// <summary>Returns a parameter's name among the tensors of <see cref="BertWeights"/>.</summary>
    public static string Canonical(string name) =>
        name.StartsWith(EncoderPrefix, StringComparison.Ordinal) ? name[EncoderPrefix.Length..] : name;

    /// <summary>Copies a checkpoint's tensors into the parameters with the same names.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="isNew">
    /// Returns, for a canonical name, whether the parameter keeps its current value. Default: no parameter does.
    /// </param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public static void Load(this Module module, BertWeights weights, Func<string, bool>? isNew = null)
    {
        foreach ((string name, Parameter parameter) in module.State())
        {
            string canonical = Canonical(name);
            if (isNew?.Invoke(canonical) == true)
                continue;
            if (!weights.Contains(canonical))
                throw new InvalidDataException(
                    $"'{weights.FileName}' has no tensor '{canonical}', which training needs. Copy or download it again.");
            BertTensor tensor = weights[canonical];
            if (!tensor.Shape.Select(size => (long)size).SequenceEqual(parameter.shape))
                throw new InvalidDataException(
                    $"Tensor '{tensor.Name}' in '{weights.FileName}' has the shape {ShapeText.Of(tensor.Shape)}, " +
                    $"but its config requires {ShapeText.Of(parameter.shape)}.");
            tensor.CopyTo(parameter.Values());
        }
    }

    /// <summary>Returns the parameters as the tensors of a checkpoint.</summary>
    public static BertWeights ToWeights(this Module module, TensorType type = TensorType.F32) =>
        BertWeights.Create(module.State().Select(p =>
            BertTensor.Create(p.Name, [.. p.Parameter.shape.Select(size => (int)size)], p.Parameter.Values(), type)));

    /// <summary>Overwrites weights that were created from this module and are not used elsewhere.</summary>
    public static void CopyTo(this Module module, BertWeights weights)
    {
        foreach ((string name, Parameter parameter) in module.State())
            parameter.Values().CopyTo(MemoryMarshal.Cast<byte, float>(weights[Canonical(name)].Writable.Span));
    }
}
