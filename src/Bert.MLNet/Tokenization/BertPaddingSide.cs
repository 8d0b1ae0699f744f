namespace Bert.MLNet;

/// <summary>Where a short row is filled up.</summary>
public enum BertPaddingSide
{
    /// <summary>After its tokens; BERT's way.</summary>
    Right,

    /// <summary>Before its tokens.</summary>
    Left,
}
