using System.Globalization;
using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>One output of an encoder.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Layer">
/// The layer of <see cref="EncoderOutputKind.HiddenStates"/> or <see cref="EncoderOutputKind.Attentions"/>, the number of layers of
/// <see cref="EncoderOutputKind.LastLayersMean"/>, else 0.
/// </param>
internal readonly record struct EncoderOutput(EncoderOutputKind Kind, int Layer = 0)
{
    public static EncoderOutput LastHiddenState => new(EncoderOutputKind.LastHiddenState);

    public static EncoderOutput PoolerOutput => new(EncoderOutputKind.PoolerOutput);

    public static EncoderOutput HiddenStates(int layer) => new(EncoderOutputKind.HiddenStates, layer);

    public static EncoderOutput LastLayersMean(int layers) => new(EncoderOutputKind.LastLayersMean, layers);

    public static EncoderOutput Attentions(int layer) => new(EncoderOutputKind.Attentions, layer);

    /// <summary>Whether it has a hidden state for each token: [rows, length, hidden].</summary>
    public bool IsPerToken => Kind is EncoderOutputKind.LastHiddenState or EncoderOutputKind.HiddenStates or EncoderOutputKind.LastLayersMean;

    /// <summary>The name that HuggingFace's exports give it, where they have it.</summary>
    public string Name => Kind switch
    {
        EncoderOutputKind.LastHiddenState => "last_hidden_state",
        EncoderOutputKind.PoolerOutput => "pooler_output",
        EncoderOutputKind.HiddenStates => string.Create(CultureInfo.InvariantCulture, $"hidden_states.{Layer}"),
        EncoderOutputKind.LastLayersMean => string.Create(CultureInfo.InvariantCulture, $"last_layers_mean.{Layer}"),
        EncoderOutputKind.Attentions => string.Create(CultureInfo.InvariantCulture, $"attentions.{Layer}"),
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "No such output."),
    };

    /// <summary>Checks that a checkpoint with weights can compute this. One that only holds a graph is asked when it is opened.</summary>
    /// <exception cref="NotSupportedException">It cannot; the message says what is there instead.</exception>
    public void Check(BertModel model)
    {
        if (model.Weights is not null && WhyNot(model, model.Weights) is { } reason)
            throw new NotSupportedException($"'{model.Name}' {reason}");
    }

    /// <summary>What a checkpoint lacks to compute this; null when it can.</summary>
    public string? WhyNot(BertModel model, BertWeights weights)
    {
        int layers = model.Config.NumHiddenLayers;
        return Kind switch
        {
            EncoderOutputKind.PoolerOutput when !weights.Contains("pooler.dense.weight") =>
                $"has no pooler (tensor pooler.dense.weight), so it has no {Name}. Pool its last_hidden_state instead.",
            EncoderOutputKind.HiddenStates when Layer < 0 || Layer > layers =>
                $"has the hidden states 0 (its embeddings) to {layers} (its last layer), not {Layer}.",
            EncoderOutputKind.LastLayersMean when Layer < 1 || Layer > layers =>
                $"has {layers} layers, so the mean of the last {Layer} does not exist. Ask for 1 to {layers}.",
            EncoderOutputKind.Attentions when Layer < 0 || Layer >= layers =>
                $"has attention in the layers 0 to {layers - 1}, not {Layer}.",
            _ => null,
        };
    }
}
