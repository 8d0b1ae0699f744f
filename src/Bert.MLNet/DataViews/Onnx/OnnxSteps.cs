using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace Bert.MLNet.DataViews;

/// <summary>Answers for this library's views when they are asked to describe their step in ONNX.</summary>
internal static class OnnxSteps
{
    /// <summary>Whether a step can be part of the file of a whole pipeline.</summary>
    /// <exception cref="NotSupportedException">ML.NET's <c>ConvertToOnnx</c> asks; see <see cref="OnnxExport"/>.</exception>
    public static bool CanSave(ITransformer step, OnnxContext context) =>
        context is StepGraph ? step is IOnnxStep : throw OnnxExport.NotSupported(step);

    /// <summary>Has a step describe itself.</summary>
    /// <inheritdoc cref="CanSave" path="/exception"/>
    public static void Save(ITransformer step, OnnxContext context)
    {
        if (!CanSave(step, context))
            throw new NotSupportedException("it has no form in ONNX");
        ((IOnnxStep)step).SaveAsOnnx((StepGraph)context);
    }
}
