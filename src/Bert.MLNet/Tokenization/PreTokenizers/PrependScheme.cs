namespace Bert.MLNet.Tokenization;

/// <summary>Which words Metaspace puts its mark in front of.</summary>
internal enum PrependScheme
{
    Always,

    /// <summary>The one at the start of the original text.</summary>
    First,

    Never,
}
