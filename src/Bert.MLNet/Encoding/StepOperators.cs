using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>
/// How the operators of ML.NET's steps, which are those of ONNX's set 12, are written in the set of encoders, 20. The other domains have
/// their own versions, which are the same in both.
/// </summary>
internal static class StepOperators
{
    private const string Axes = "axes";

    // Their attributes and inputs mean the same in all sets from 9 to 20 that ONNX Runtime knows, as far as ML.NET uses them.
    private static readonly HashSet<string> s_unchanged = new(StringComparer.Ordinal)
    {
        "Abs", "Add", "And", "ArgMax", "ArgMin", "BitShift", "Cast", "Clip", "Concat", "Div", "Equal", "Exp", "Expand", "Flatten",
        "Gather", "GatherElements", "Gemm", "Greater", "Identity", "IsNaN", "Less", "Log", "MatMul", "Max", "Mean", "Min", "Mul", "Neg",
        "Not", "Or", "Pow", "Reciprocal", "Reshape", "Shape", "Sigmoid", "Sqrt", "StringNormalizer", "Sub", "Sum", "Tanh",
        "TfIdfVectorizer", "Transpose", "Where", "Xor",
    };

    // Since set 13 or 18, the axes are an input.
    private static readonly HashSet<string> s_withAxes = new(StringComparer.Ordinal)
    {
        "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Squeeze",
        "Unsqueeze",
    };

    private static readonly Dictionary<string, int> s_domains = new(StringComparer.Ordinal) { ["ai.onnx.ml"] = 2, ["com.microsoft"] = 1 };

    /// <summary>Gets the version of a domain's operators that ML.NET's steps use.</summary>
    /// <exception cref="NotSupportedException">ONNX Runtime has no operators of this domain.</exception>
    public static int VersionOf(string domain) => s_domains.TryGetValue(domain, out int version)
        ? version
        : throw new NotSupportedException($"ONNX Runtime has no operators of the domain '{domain}'.");

    /// <summary>Gets the name of the attribute that is an input in the newer operator set, or null if there is none.</summary>
    /// <exception cref="NotSupportedException">The operator does not exist in the newer set.</exception>
    public static string? AxesAttribute(StepNode node)
    {
        if (node.Domain.Length > 0 || s_unchanged.Contains(node.Operator))
            return null;
        if (!s_withAxes.Contains(node.Operator))
            throw new NotSupportedException(
                $"The model cannot be saved as ONNX: step {node.Step} uses the operator '{node.Operator}', which the operator set of the " +
                "file does not have. Remove the step, or save the model with ml.Model.SaveToFile.");
        return node.IntegersOf(Axes) is null ? null : Axes;
    }
}
