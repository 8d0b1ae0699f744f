using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

/// <summary>Describes a kind of output: its name, its dimensions, and the head that computes it.</summary>
/// <param name="Name">The name that HuggingFace's exports use, if they have it.</param>
/// <param name="Shape">Its dimensions, by the config, rows, tokens per row, and requested positions.</param>
/// <param name="Head">The head that computes it; or null for outputs of the encoder itself.</param>
internal sealed record EncoderOutputDescription(string Name, Func<BertConfig, int, int, int, long[]> Shape, HeadKind? Head = null)
{
    private static readonly Dictionary<EncoderOutputKind, EncoderOutputDescription> s_all = new()
    {
        [EncoderOutputKind.LastHiddenState] = new("last_hidden_state", Tokens),
        [EncoderOutputKind.PoolerOutput] = new("pooler_output", Row) { ReadsFirstToken = true },
        [EncoderOutputKind.FirstHiddenState] = new("first_hidden_state", Row) { ReadsFirstToken = true },
        [EncoderOutputKind.HiddenStates] = new("hidden_states", Tokens) { Layers = true },
        [EncoderOutputKind.LastLayersMean] = new("last_layers_mean", Tokens) { Layers = true },
        [EncoderOutputKind.Attentions] = new("attentions", (config, rows, length, _) => [rows, config.NumAttentionHeads, length, length])
        {
            Layers = true,
        },
        [EncoderOutputKind.SequenceLogits] =
            new("logits", (config, rows, _, _) => [rows, config.NumLabels], HeadKind.SequenceClassification) { ReadsFirstToken = true },
        [EncoderOutputKind.TokenLogits] =
            new("logits", (config, rows, length, _) => [rows, length, config.NumLabels], HeadKind.TokenClassification),
        [EncoderOutputKind.StartLogits] = new("start_logits", (_, rows, length, _) => [rows, length], HeadKind.QuestionAnswering),
        [EncoderOutputKind.EndLogits] = new("end_logits", (_, rows, length, _) => [rows, length], HeadKind.QuestionAnswering),
        [EncoderOutputKind.MaskedWordLogits] =
            new("masked_word_logits", (config, _, _, positions) => [positions, config.VocabSize], HeadKind.MaskedLM),
        [EncoderOutputKind.WordLogits] = new("logits", (config, rows, length, _) => [rows, length, config.VocabSize], HeadKind.MaskedLM),
        [EncoderOutputKind.ReplacedTokenLogits] = new("logits", (_, rows, length, _) => [rows, length], HeadKind.ReplacedTokens),
        [EncoderOutputKind.NextSentenceLogits] =
            new("seq_relationship_logits", (_, rows, _, _) => [rows, 2], HeadKind.NextSentencePrediction) { ReadsFirstToken = true },
        [EncoderOutputKind.SentenceEmbedding] = new(GraphOutput.SentenceEmbedding, Row),
    };

    /// <summary>Whether it only depends on the last hidden state of each row's first token.</summary>
    public bool ReadsFirstToken { get; init; }

    /// <summary>Whether there is one output for each layer, with its number at the end of the name.</summary>
    public bool Layers { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">The kind is not defined.</exception>
    public static EncoderOutputDescription Of(EncoderOutputKind kind) => s_all.TryGetValue(kind, out EncoderOutputDescription? found)
        ? found
        : throw new ArgumentOutOfRangeException(nameof(kind), $"There is no output {kind}.");

    private static long[] Tokens(BertConfig config, int rows, int length, int positions) => [rows, length, config.HiddenSize];

    private static long[] Row(BertConfig config, int rows, int length, int positions) => [rows, config.HiddenSize];
}
