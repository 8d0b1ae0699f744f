using Microsoft.ML;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer of this library that can be part of the ONNX file of a whole pipeline.</summary>
internal interface IOnnxStep : ITransformer
{
    /// <summary>Adds the nodes of the step and the values of its columns.</summary>
    /// <param name="graph">The graph of the pipeline, with the columns that the step reads.</param>
    /// <exception cref="NotSupportedException">The step cannot be exported; the message says why.</exception>
    void SaveAsOnnx(StepGraph graph);
}
