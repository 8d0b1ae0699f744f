namespace Bert.MLNet;

/// <summary>
/// Defines how the labels of tokens are combined into entities: the strategies of HuggingFace's <c>TokenClassificationPipeline</c>.
/// </summary>
public enum BertAggregation
{
    /// <summary>No combination: returns each token with its label, including the prefix.</summary>
    None,

    /// <summary>Combines adjacent tokens of the same type; a <c>B-</c> label starts a new entity. Words can be split.</summary>
    Simple,

    /// <summary>Like <see cref="Simple"/>, but with whole words. A word has the label of its first token.</summary>
    First,

    /// <summary>
    /// Like <see cref="Simple"/>, but with whole words. A word has the label with the highest mean probability over its tokens.
    /// </summary>
    Average,

    /// <summary>Like <see cref="Simple"/>, but with whole words. A word has the label of its token with the highest probability.</summary>
    Max,
}
