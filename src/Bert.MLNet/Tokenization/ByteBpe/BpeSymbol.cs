namespace Bert.MLNet.Tokenization;

/// <summary>A part of a word that is being merged.</summary>
/// <param name="Id">Its token.</param>
/// <param name="Characters">Its length in UTF-16 units.</param>
/// <param name="Bytes">Its length in UTF-8; 0 once it has merged with the one before it.</param>
internal readonly record struct BpeSymbol(int Id, int Characters, int Bytes);
