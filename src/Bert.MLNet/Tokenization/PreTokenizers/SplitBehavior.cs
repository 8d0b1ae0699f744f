namespace Bert.MLNet.Tokenization;

/// <summary>What becomes of the matches of a pattern by which text is split.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,

    /// <summary>Adjacent matches become one word.</summary>
    Contiguous,
}
