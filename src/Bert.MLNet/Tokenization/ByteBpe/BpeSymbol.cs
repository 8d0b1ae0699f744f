namespace Bert.MLNet.Tokenization;

/// <summary>A part of a word during merging.</summary>
/// <param name="Id">The id of its token.</param>
/// <param name="Characters">Its length in UTF-16 units.</param>
/// <param name="Bytes">Its length in UTF-8 bytes; 0 after it has been merged into the previous symbol.</param>
internal readonly record struct BpeSymbol(int Id, int Characters, int Bytes);
