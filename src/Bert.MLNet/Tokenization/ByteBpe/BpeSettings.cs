namespace Bert.MLNet.Tokenization;

/// <summary>The settings of a BPE model, named as in tokenizer.json.</summary>
internal sealed record BpeSettings
{
    /// <summary>The token of a character that is not a piece; null to omit such characters.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Whether adjacent unknown characters become one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether a word that is a piece is always one token, regardless of the merges.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>
    /// Whether a character that is not a piece becomes byte pieces such as <c>&lt;0x61&gt;</c>, provided that all of them exist.
    /// </summary>
    public bool ByteFallback { get; init; }

    /// <summary>What precedes a character that does not start a word; empty for nothing.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>What follows the last character of a word; empty for nothing.</summary>
    public string EndOfWordSuffix { get; init; } = "";
}
