using Bert.MLNet.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Bert.MLNet.Encoders;

/// <summary>
/// An input of an encoder: one of BERT's inputs, [rows, length], or the positions of masked words, with the item type that its graph
/// requires.
/// </summary>
/// <param name="Name">The name in the graph, the same in all of HuggingFace's exports.</param>
/// <param name="Type">Int64, or Int32 in some exports.</param>
internal sealed record EncoderInput(string Name, TensorElementType Type)
{
    public const string InputIds = "input_ids", AttentionMask = "attention_mask", TokenTypeIds = "token_type_ids",
        PositionIds = "position_ids";

    /// <summary>
    /// The positions of requested words, [positions]: row × length + token. Only graphs written by this library have it.
    /// </summary>
    public const string MaskedPositions = "masked_positions";

    /// <summary>Checks that a graph is told which tokens of a batch are padding.</summary>
    /// <exception cref="NotSupportedException">It is not.</exception>
    public static void CheckMask(IEnumerable<string> names, BertModel model)
    {
        if (!names.Contains(AttentionMask))
            throw new NotSupportedException(
                $"The ONNX graph '{model.GraphFile}' of '{model.Name}' has no input {AttentionMask}, so its results for a text would " +
                "depend on the padding of a batch. Export it with this input.");
    }

    /// <summary>Reads a graph's input.</summary>
    /// <exception cref="NotSupportedException">The input is not supported.</exception>
    public static EncoderInput Create(string name, NodeMetadata metadata, BertModel model)
    {
        if (name == MaskedPositions)
            return new EncoderInput(name, TensorElementType.Int64);
        if (name is not (InputIds or AttentionMask or TokenTypeIds or PositionIds))
            throw new NotSupportedException(
                $"The ONNX graph '{model.GraphFile}' of '{model.Name}' has the input '{name}', but an encoder receives only {InputIds}, " +
                $"{AttentionMask}, {TokenTypeIds} and {PositionIds}. Export it for the task feature-extraction.");
        if (metadata.ElementDataType is not (TensorElementType.Int64 or TensorElementType.Int32))
            throw new NotSupportedException(
                $"The ONNX graph '{model.GraphFile}' of '{model.Name}' has the input {name} of type {metadata.ElementDataType}; it must " +
                "be Int64 or Int32.");
        if (metadata.Dimensions is not [< 0, < 0])
            throw new NotSupportedException(
                $"The ONNX graph '{model.GraphFile}' of '{model.Name}' has the input {name} of shape " +
                $"{ShapeText.Of(metadata.Dimensions)}. Export it with dynamic batch and sequence axes.");
        return new EncoderInput(name, metadata.ElementDataType);
    }
}
