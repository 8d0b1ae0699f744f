namespace Bert.MLNet;

/// <summary>How far short rows are filled up.</summary>
public enum BertPadding
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>To the longest row of the batch.</summary>
    Longest,

    /// <summary>To the maximum length.</summary>
    MaxLength,
}
