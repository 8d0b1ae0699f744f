namespace Bert.MLNet.Tokenization;

/// <summary>Joins pieces that continue a word, and inserts spaces between the others.</summary>
/// <param name="prefix">The prefix of pieces that continue a word; null if they have no prefix.</param>
/// <param name="cleanUp">Whether to remove spaces before punctuation and in contractions.</param>
internal sealed class WordPieceDecoder(string? prefix, bool cleanUp) : TokenDecoder
{
    // The clean-up of HuggingFace's WordPiece decoder, in the same order. It processes one token at a time.
    private static readonly (string From, string To)[] s_cleanUp =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public override void Decode(List<string> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string token = tokens[i];
            if (i > 0)
                token = prefix is not null && token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            foreach ((string from, string to) in cleanUp ? s_cleanUp : [])
                token = token.Replace(from, to, StringComparison.Ordinal);
            tokens[i] = token;
        }
    }
}
