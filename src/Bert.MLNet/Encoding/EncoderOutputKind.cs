namespace Bert.MLNet.Encoders;

/// <summary>The outputs of encoders, with their dimensions. The numbers are stored in saved models.</summary>
internal enum EncoderOutputKind : byte
{
    /// <summary>The last layer's hidden states, [rows, length, hidden].</summary>
    LastHiddenState = 0,

    /// <summary>The tanh of a linear layer over the first token, [rows, hidden].</summary>
    PoolerOutput = 1,

    /// <summary>The hidden states after a layer, [rows, length, hidden]; 0 is the output of the embeddings.</summary>
    HiddenStates = 2,

    /// <summary>The mean of the hidden states of the given number of last layers, [rows, length, hidden].</summary>
    LastLayersMean = 3,

    /// <summary>The attention probabilities of a layer, counted from 0, [rows, heads, length, length].</summary>
    Attentions = 4,

    /// <summary>The logits of the labels of a row, [rows, labels].</summary>
    SequenceLogits = 5,

    /// <summary>The logits of the labels of each token, [rows, length, labels].</summary>
    TokenLogits = 6,

    /// <summary>The logit of an answer's start for each token, [rows, length].</summary>
    StartLogits = 7,

    /// <summary>The logit of an answer's end for each token, [rows, length].</summary>
    EndLogits = 8,

    /// <summary>The logits of all words of the vocabulary at the requested positions, [positions, vocabulary].</summary>
    MaskedWordLogits = 9,

    /// <summary>The logits for the second text following the first, and for a random text, [rows, 2].</summary>
    NextSentenceLogits = 10,

    /// <summary>
    /// The logits of all words of the vocabulary at every token, [rows, length, vocabulary], for graphs that other programs run.
    /// </summary>
    WordLogits = 11,

    /// <summary>
    /// The last hidden state of each row's first token, [rows, hidden], in graphs written by this library if no other token is needed.
    /// </summary>
    FirstHiddenState = 12,

    /// <summary>The logit of each token that somebody replaced it, [rows, length].</summary>
    ReplacedTokenLogits = 13,

    /// <summary>The vector of a text, [rows, size], in graphs that were exported with sentence-transformers' modules.</summary>
    SentenceEmbedding = 14,
}
