using Bert.MLNet.DataViews;
using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>Writes the encoder of a step into the graph of a pipeline.</summary>
internal static class EncoderPart
{
    /// <summary>Checks that a checkpoint can be a part of a graph, and returns its weights.</summary>
    /// <exception cref="NotSupportedException">It has no weights that could be written.</exception>
    public static BertWeights WeightsOf(BertModel model) => model.Table is not null
        ? throw new NotSupportedException($"'{model.Name}' has static embeddings, which have no encoder")
        : model.Weights ?? throw new NotSupportedException(
            $"'{model.Name}' consists of an ONNX graph of another program; read its weights with BertModel.WithWeights first");

    /// <summary>The token inputs that a checkpoint reads.</summary>
    public static IReadOnlyList<string> InputsOf(BertModel model, TokenValues tokens) =>
        model.Config.TypeVocabSize > 1 ? [tokens.Ids, tokens.Mask, tokens.Types] : [tokens.Ids, tokens.Mask];

    /// <summary>Writes an encoder, and returns the values of its outputs.</summary>
    public static IReadOnlyDictionary<EncoderOutput, string> Write(
        OnnxGraph graph, BertModel model, EncoderOutputSet outputs, TokenValues tokens) =>
        Write(graph, model, outputs, tokens.Ids, tokens.Mask, tokens.Types);

    /// <inheritdoc cref="Write(OnnxGraph, BertModel, EncoderOutputSet, TokenValues)"/>
    public static IReadOnlyDictionary<EncoderOutput, string> Write(
        OnnxGraph graph, BertModel model, EncoderOutputSet outputs, string ids, string mask, string types) =>
        BertGraph.AddTo(graph, model.Config, outputs, WeightsOf(model), new Dictionary<string, string>
        {
            [EncoderInput.InputIds] = ids, [EncoderInput.AttentionMask] = mask, [EncoderInput.TokenTypeIds] = types,
        });
}
