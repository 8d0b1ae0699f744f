using System.Globalization;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Pooling;
using Microsoft.ML.Data;

namespace Bert.MLNet.Embeddings;

/// <summary>Adds an embedding step to the graph of a pipeline. Its inputs are the tokens of the texts, with their prompt.</summary>
internal static class EmbeddingPart
{
    /// <param name="graph">The graph of the pipeline.</param>
    /// <param name="options">The resolved options.</param>
    /// <exception cref="NotSupportedException">The options or the checkpoint cannot be exported; the message says why.</exception>
    public static void AddTo(StepGraph graph, BertEmbeddingEstimator.Options options)
    {
        BertModel model = options.Checkpoint;
        if (options.Precision != BertVectorPrecision.Float32)
            throw new NotSupportedException($"its {nameof(options.Precision)} is {options.Precision}; only Float32 has a form in ONNX");
        EncoderPart.WeightsOf(model);
        string text = options.InputColumnName;
        TokenValues tokens = graph.AddTokens(
            (graph.MissingReason(text) is null ? graph.GetVariableName(text) : text, model.Tokenizer.ContentHash, options.MaxLength,
                options.Prompt),
            options.OutputColumnName, length: 0,
            ("max_length", options.MaxLength!.Value.ToString(CultureInfo.InvariantCulture)), ("prompt", options.Prompt!));
        string vector = graph.AddIntermediateVariable(
            new VectorDataViewType(NumberDataViewType.Single, options.Dimension), options.OutputColumnName);
        graph.Add(new GraphNode(
            graph.Step, EncoderPart.InputsOf(model, tokens), [vector], file => [Write(file, options, tokens)]));
    }

    private static string Write(OnnxGraph graph, BertEmbeddingOptions options, TokenValues tokens)
    {
        BertModel model = options.Checkpoint;
        BertPooling pooling = options.Pooling!.Value;
        IReadOnlyDictionary<EncoderOutput, string> values =
            EncoderPart.Write(graph, model, TextEmbedder.Outputs(model, options), tokens);
        string? Value(EncoderOutputKind kind) => values.FirstOrDefault(value => value.Key.Kind == kind).Value;
        string counts = GraphPooling.Counts(graph, tokens.Mask);
        int skipped = TextEmbedder.SkippedTokens(model, options);
        if (skipped > 0)
            counts = Skip(graph, counts, skipped);
        string? weights = model.Sentence.TokenWeights is { } all
            ? graph.Add("Gather", [graph.Floats([all.Count], [.. all]), tokens.Ids])
            : null;
        string? hidden = Value(EncoderOutputKind.LastHiddenState);
        string? first = Value(EncoderOutputKind.FirstHiddenState)
            ?? (hidden is null ? null : graph.Add("Gather", [hidden, graph.Integer(0)], ("axis", 1L)));
        string pooled = new GraphPooling(graph, counts, weights).Pool(pooling, hidden, Value(EncoderOutputKind.LastLayersMean), first);
        return GraphVectors.Write(graph, pooled, options.Layers, options.Dimension, options.Normalize!.Value);
    }

    /// <summary>Writes that the first tokens do not count.</summary>
    private static string Skip(OnnxGraph graph, string counts, int tokens)
    {
        string isText = graph.Add("Greater", [GraphPooling.Positions(graph, counts), graph.Scalar(tokens)]);
        return graph.Add("Mul", [counts, graph.Add("Cast", [isText], ("to", (long)OnnxGraph.Float))]);
    }
}
