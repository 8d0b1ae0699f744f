using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Token rows of different lengths, padded on the right to the longest.</summary>
internal sealed class PaddedBatch
{
    private readonly long[] _ids;
    private readonly long[] _types;
    private readonly bool[] _mask;
    private readonly int _rows;

    /// <param name="rows">The rows, at least one.</param>
    /// <param name="padTokenId">The id of padding.</param>
    public PaddedBatch(IReadOnlyList<EncodedRow> rows, int padTokenId)
    {
        _rows = rows.Count;
        Length = rows.Max(row => row.Length);
        _ids = new long[_rows * Length];
        _types = new long[_ids.Length];
        _mask = new bool[_ids.Length];
        Array.Fill(_ids, padTokenId);
        for (int r = 0; r < _rows; r++)
        {
            EncodedRow row = rows[r];
            Span<long> ids = _ids.AsSpan(r * Length, row.Length);
            for (int i = 0; i < ids.Length; i++)
                ids[i] = row.Ids[i];
            _types.AsSpan(r * Length, row.Length)[row.PairStart..].Fill(1);
            _mask.AsSpan(r * Length, row.Length).Fill(true);
        }
    }

    /// <summary>Tokens of a row, padding included.</summary>
    public int Length { get; }

    /// <summary>Positions in all, padding included.</summary>
    public int Count => _ids.Length;

    /// <summary>A batch of single texts, given as tokens without [CLS] and [SEP].</summary>
    public static PaddedBatch OfTexts(IReadOnlyList<ushort[]> texts, BertTokenizer tokenizer) => new(
        [.. texts.Select(text => new EncodedRow([tokenizer.ClsTokenId, .. text.Select(id => (int)id), tokenizer.SepTokenId], text.Length + 2))], tokenizer.PadTokenId);

    /// <summary>The module's last hidden state, [rows, length, hidden].</summary>
    public Tensor LastHiddenState(BertModule module) =>
        module.Forward(tensor(_ids, _rows, Length), _mask.Contains(false) ? Mask() : null, tensor(_types, _rows, Length));

    /// <summary>The weighted mean over each row's tokens of the module's last hidden state, [rows, hidden].</summary>
    /// <param name="module">The encoder.</param>
    /// <param name="tokenWeights">How much each token counts, by id; null: all the same.</param>
    public Tensor MeanPooled(BertModule module, IReadOnlyList<float>? tokenWeights = null)
    {
        Tensor weights = (tokenWeights is null ? Mask().to(ScalarType.Float32) : tensor([.. _ids.Zip(_mask, (id, counts) => counts ? tokenWeights[(int)id] : 0)], _rows, Length)).unsqueeze(2);
        return (LastHiddenState(module) * weights).sum(1) / weights.sum(1).clamp_min(1e-9);
    }

    private Tensor Mask() => tensor(_mask, _rows, Length);
}
