namespace Bert.MLNet.Tokenization;

/// <summary>Specifies which words Metaspace prepends its mark to.</summary>
internal enum PrependScheme
{
    Always,

    /// <summary>Only the word at the start of the original text.</summary>
    First,

    Never,
}
