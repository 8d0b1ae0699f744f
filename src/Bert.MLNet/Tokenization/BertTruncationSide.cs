namespace Bert.MLNet;

/// <summary>Where a text that is too long is cut.</summary>
public enum BertTruncationSide
{
    /// <summary>Its end is cut off.</summary>
    Right,

    /// <summary>Its begin is cut off.</summary>
    Left,
}
