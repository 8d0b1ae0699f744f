namespace Bert.MLNet;

/// <summary>How <see cref="BertModel.Quantize"/> turns weights into int8. The defaults lose little accuracy on every processor with int8 dot products (VNNI, Arm).</summary>
public sealed record BertQuantizationOptions
{
    /// <summary>
    /// Modules that stay as they are, under HuggingFace's names and this option's name there: <c>encoder.layer.0</c> is a layer,
    /// <c>encoder.layer.5.output.dense</c> one matrix, <c>intermediate.dense</c> those of all layers, <c>word_embeddings</c> the token embeddings. A name
    /// means every module whose own name has it as one or more whole parts. Default: none.
    /// </summary>
    public IReadOnlyList<string> ModulesToNotConvert { get; init; } = [];

    /// <summary>
    /// Whether weights take 7 bits (-64 to 64) instead of 8 (-127 to 127): for x64 processors with AVX2 or AVX-512 but without VNNI, whose sums of two
    /// products saturate at 16 bits. Default: false.
    /// </summary>
    public bool ReduceRange { get; init; }
}
