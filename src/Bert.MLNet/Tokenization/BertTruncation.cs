namespace Bert.MLNet;

/// <summary>Which text gives way when a row is too long (HuggingFace's truncation strategies).</summary>
public enum BertTruncation
{
    /// <summary>The longer of the two texts, until both are equally long (<c>longest_first</c>).</summary>
    LongestFirst,

    /// <summary>Only the first text (<c>only_first</c>); an error if that is not enough.</summary>
    OnlyFirst,

    /// <summary>Only the second text (<c>only_second</c>), as for question answering; an error if that is not enough.</summary>
    OnlySecond,

    /// <summary>None: rows keep their length.</summary>
    None,
}
