namespace Bert.MLNet;

/// <summary>Specifies the side from which a text that is too long is truncated.</summary>
public enum BertTruncationSide
{
    /// <summary>The end of the text is cut off.</summary>
    Right,

    /// <summary>The start of the text is cut off.</summary>
    Left,
}
