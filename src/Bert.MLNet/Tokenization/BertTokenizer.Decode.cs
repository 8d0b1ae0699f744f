using System.Buffers;

namespace Bert.MLNet;

public sealed partial class BertTokenizer
{
    /// <summary>Converts ids back to text. Ids that are not in the vocabulary are skipped.</summary>
    /// <param name="ids">The ids to decode.</param>
    /// <param name="skipSpecialTokens">Whether to omit special tokens, including padding.</param>
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
    /// <remarks>Special tokens are included.</remarks>
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
            // The text of a token can depend on its neighbors, so this searches for the longest prefix of the ids whose text fits.
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
