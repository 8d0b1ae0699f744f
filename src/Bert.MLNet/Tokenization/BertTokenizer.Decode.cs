using System.Buffers;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    /// <summary>Puts text together from ids: the way back from tokens. Ids that the vocabulary does not have are left out.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens, padding among them, are left out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var tokens = new List<string>();
        foreach (int id in ids)
        {
            if (Vocabulary[id] is { } token && !(skipSpecialTokens && _specialIds.Contains(id)))
                tokens.Add(token);
        }
        _specification.Decoder.Decode(tokens);
        return string.Concat(tokens);
    }

    /// <inheritdoc/>
    /// <remarks>Special tokens are kept.</remarks>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int[] all = [.. ids];
        string text = Decode(all);
        idsConsumed = all.Length;
        if (text.Length > destination.Length)
        {
            // What a token adds may depend on those beside it: of all beginnings, the longest whose text fits.
            int tooMany = all.Length;
            for (idsConsumed = 0; tooMany - idsConsumed > 1;)
            {
                int middle = (idsConsumed + tooMany) / 2;
                if (Decode(all.Take(middle)).Length <= destination.Length)
                    idsConsumed = middle;
                else
                    tooMany = middle;
            }
            text = Decode(all.Take(idsConsumed));
        }
        text.CopyTo(destination);
        charsWritten = text.Length;
        return idsConsumed == all.Length ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }
}
