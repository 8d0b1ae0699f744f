using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Token rows of different lengths between [CLS] and [SEP], padded on the right to the longest.</summary>
internal sealed class PaddedBatch
{
    private readonly long[] _ids;
    private readonly bool[] _mask;
    private readonly int _rows;

    public PaddedBatch(IReadOnlyList<ushort[]> rows, BertTokenizer tokenizer)
    {
        _rows = rows.Count;
        Length = rows.Max(row => row.Length) + 2;
        _ids = new long[_rows * Length];
        _mask = new bool[_ids.Length];
        Array.Fill(_ids, tokenizer.PadTokenId);
        for (int r = 0; r < _rows; r++)
        {
            Span<long> ids = _ids.AsSpan(r * Length, rows[r].Length + 2);
            ids[0] = tokenizer.ClsTokenId;
            for (int i = 0; i < rows[r].Length; i++)
                ids[i + 1] = rows[r][i];
            ids[^1] = tokenizer.SepTokenId;
            _mask.AsSpan(r * Length, ids.Length).Fill(true);
        }
    }

    /// <summary>Tokens of a row, padding included.</summary>
    public int Length { get; }

    /// <summary>Positions in all, padding included.</summary>
    public int Count => _ids.Length;

    /// <summary>The mean over each row's tokens of the module's last hidden state, [rows, hidden].</summary>
    public Tensor MeanPooled(BertModule module)
    {
        Tensor mask = tensor(_mask, _rows, Length);
        Tensor hidden = module.Forward(tensor(_ids, _rows, Length), mask);
        Tensor weights = mask.unsqueeze(2).to(ScalarType.Float32);
        return (hidden * weights).sum(1) / weights.sum(1);
    }
}
