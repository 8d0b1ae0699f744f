using System.Buffers;
using System.Text;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    // The clean-up of HuggingFace's WordPiece decoder, in its order; it looks at one token at a time.
    private static readonly (string From, string To)[] s_cleanUp =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Puts text together from ids: pieces joined, blanks between words. Ids that the vocabulary does not have are left out.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens, padding among them, are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        bool first = true;
        foreach (int id in ids)
        {
            if (Surface(id, first, skipSpecialTokens) is not { } surface)
                continue;
            text.Append(surface);
            first = false;
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    /// <remarks>Special tokens are kept.</remarks>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        idsConsumed = charsWritten = 0;
        bool first = true;
        foreach (int id in ids)
        {
            if (Surface(id, first, skipSpecialTokens: false) is { } surface)
            {
                if (!surface.TryCopyTo(destination[charsWritten..]))
                    return OperationStatus.DestinationTooSmall;
                charsWritten += surface.Length;
                first = false;
            }
            idsConsumed++;
        }
        return OperationStatus.Done;
    }

    // What a token adds to decoded text; null for nothing at all.
    private string? Surface(int id, bool first, bool skipSpecialTokens)
    {
        if (Vocabulary[id] is not { } token || skipSpecialTokens && _specialIds.Contains(id))
            return null;
        if (!first)
        {
            bool continues = _specification.DecoderPrefix is { } prefix && token.StartsWith(prefix, StringComparison.Ordinal);
            token = continues ? token[_specification.DecoderPrefix!.Length..] : " " + token;
        }
        if (_specification.CleanUpDecoded)
        {
            foreach ((string from, string to) in s_cleanUp)
                token = token.Replace(from, to, StringComparison.Ordinal);
        }
        return token;
    }
}
