namespace Bert.MLNet.Tokenization;

/// <summary>Creates tokenizers from the pieces of a Unigram model, regardless of the file format.</summary>
internal static class UnigramFiles
{
    /// <exception cref="InvalidDataException">The unknown token is not one of the pieces.</exception>
    public static TokenizerSpecification Create(
        IReadOnlyList<(string Piece, double Score)> pieces, int unknown, bool byteFallback, string file)
    {
        if (unknown >= pieces.Count)
            throw new InvalidDataException(
                $"The unk_id in '{file}' is {unknown}, but there are only {pieces.Count} pieces. Copy or download the file again.");
        var model = new UnigramModel(pieces, unknown, byteFallback);
        return new TokenizerSpecification(
            new BertVocabulary(pieces.Select(piece => piece.Piece)), [], new BertTokenizerOptions { UnknownToken = pieces[unknown].Piece })
        {
            Model = (_, _) => model,
            HasLines = false,
        };
    }
}
