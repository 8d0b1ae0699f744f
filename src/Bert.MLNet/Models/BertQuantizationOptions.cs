using Bert.MLNet.Models;

namespace Bert.MLNet;

/// <summary>The options of <see cref="BertModel.Quantize"/>. The defaults lose little accuracy, and the same on every processor.</summary>
public sealed record BertQuantizationOptions
{
    /// <summary>
    /// The modules to leave as they are, by HuggingFace's names. For example, <c>encoder.layer.0</c> is a layer,
    /// <c>encoder.layer.5.output.dense</c> one matrix, <c>intermediate.dense</c> those of all layers, and <c>word_embeddings</c> the token
    /// embeddings. A name matches every module whose own name contains it as one or more whole parts. Default: none.
    /// </summary>
    public IReadOnlyList<string> ModulesToNotConvert { get; init => field = ContentList<string>.Of(value); } = new ContentList<string>([]);

    /// <summary>
    /// Whether weights use 7 bits (-64 to 64) instead of 8 (-127 to 127). This library does not need it: its products are exact in both
    /// cases. It is for ONNX files (<see cref="BertOnnxFile"/>) that other programs open on x64 processors without VNNI, where ONNX
    /// Runtime's sums of two products saturate at 16 bits. Default: false.
    /// </summary>
    public bool ReduceRange { get; init; }
}
