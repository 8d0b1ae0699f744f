namespace Bert.MLNet;

/// <summary>Specifies the side on which a short row is padded.</summary>
public enum BertPaddingSide
{
    /// <summary>After its tokens, as BERT does.</summary>
    Right,

    /// <summary>Before its tokens.</summary>
    Left,
}
