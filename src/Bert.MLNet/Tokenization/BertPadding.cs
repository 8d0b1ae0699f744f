namespace Bert.MLNet;

/// <summary>Specifies the length to which short rows are padded.</summary>
public enum BertPadding
{
    /// <summary>Rows are not padded.</summary>
    None,

    /// <summary>Rows are padded to the length of the longest row in the batch.</summary>
    Longest,

    /// <summary>Rows are padded to the maximum length.</summary>
    MaxLength,
}
