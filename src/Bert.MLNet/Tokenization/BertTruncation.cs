namespace Bert.MLNet;

/// <summary>Specifies which text is truncated if a row is too long (HuggingFace's truncation strategies).</summary>
public enum BertTruncation
{
    /// <summary>The longer of the two texts is truncated until both have the same length (<c>longest_first</c>).</summary>
    LongestFirst,

    /// <summary>Only the first text is truncated (<c>only_first</c>); an error occurs if that is not enough.</summary>
    OnlyFirst,

    /// <summary>
    /// Only the second text is truncated (<c>only_second</c>), as in question answering; an error occurs if that is not enough.
    /// </summary>
    OnlySecond,

    /// <summary>Nothing is truncated; rows keep their length.</summary>
    None,
}
