using Microsoft.ML;

namespace Bert.MLNet.Persistence;

/// <summary>
/// Rejects ML.NET's <c>ConvertToOnnx</c>. It would skip a step that only reports that it cannot be exported, and write a file without it.
/// </summary>
internal static class OnnxExport
{
    public static NotSupportedException NotSupported(ITransformer step) => new(
        $"ConvertToOnnx cannot export {step.GetType().Name}, so the file would lack this step. Save the whole pipeline as ONNX with " +
        "ml.Model.SaveOnnx, or only its checkpoint with BertModel.SaveOnnx or BertModel.SavePretrainedOnnx.");
}
