namespace Bert.MLNet;

/// <summary>How the labels of tokens become entities: the strategies of HuggingFace's <c>TokenClassificationPipeline</c>.</summary>
public enum BertAggregation
{
    /// <summary>Not at all: each token with its label as it is, prefix included.</summary>
    None,

    /// <summary>Neighbouring tokens of one type are an entity; one that begins with <c>B-</c> starts another. A word may fall apart.</summary>
    Simple,

    /// <summary>As <see cref="Simple"/>, of whole words: a word has the label of its first token.</summary>
    First,

    /// <summary>As <see cref="Simple"/>, of whole words: a word has the label whose probability is the highest on average of its tokens.</summary>
    Average,

    /// <summary>As <see cref="Simple"/>, of whole words: a word has the label of its surest token.</summary>
    Max,
}
