namespace Bert.MLNet.Tokenization;

/// <summary>What a column that a tokenizing step adds holds.</summary>
internal enum TokenOutput
{
    InputIds,
    AttentionMask,
    TokenTypeIds,
    Tokens,
    Offsets,
}
