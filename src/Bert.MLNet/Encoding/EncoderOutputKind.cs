namespace Bert.MLNet.Encoders;

/// <summary>What an encoder can compute, and how its sizes follow from a batch's. The numbers stand in saved models.</summary>
internal enum EncoderOutputKind : byte
{
    /// <summary>The last layer's hidden states, [rows, length, hidden].</summary>
    LastHiddenState = 0,

    /// <summary>The tanh of a linear layer over the first token, [rows, hidden].</summary>
    PoolerOutput = 1,

    /// <summary>The hidden states after a layer, [rows, length, hidden]; 0 is what the embeddings give.</summary>
    HiddenStates = 2,

    /// <summary>The mean of the hidden states after the last so many layers, [rows, length, hidden].</summary>
    LastLayersMean = 3,

    /// <summary>The attention probabilities of a layer, counted from 0, [rows, heads, length, length].</summary>
    Attentions = 4,

    /// <summary>The logits of a row's labels, [rows, labels].</summary>
    SequenceLogits = 5,

    /// <summary>The logits of each token's labels, [rows, length, labels].</summary>
    TokenLogits = 6,

    /// <summary>The logit of an answer's start for each token, [rows, length].</summary>
    StartLogits = 7,

    /// <summary>The logit of an answer's end for each token, [rows, length].</summary>
    EndLogits = 8,

    /// <summary>The logits of all words of the vocabulary at the positions asked for, [positions, vocabulary].</summary>
    MaskedWordLogits = 9,

    /// <summary>The logits of the second text following the first, and of a random one, [rows, 2].</summary>
    NextSentenceLogits = 10,

    /// <summary>The logits of all words of the vocabulary at every token, [rows, length, vocabulary]: for graphs that others run.</summary>
    WordLogits = 11,

    /// <summary>The last hidden state of each row's first token, [rows, hidden]: what a graph written here has for those who read no other.</summary>
    FirstHiddenState = 12,
}
