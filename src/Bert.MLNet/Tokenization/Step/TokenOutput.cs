namespace Bert.MLNet.Tokenization;

/// <summary>The content of a column that a tokenizing step adds.</summary>
internal enum TokenOutput
{
    InputIds,
    AttentionMask,
    TokenTypeIds,
    Tokens,
    Offsets,
}
