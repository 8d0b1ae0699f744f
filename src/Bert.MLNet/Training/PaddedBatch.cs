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
    public Tensor LastHiddenState(BertModule module) => HiddenStates(module).Last();

    /// <summary>The module's last hidden state of each row's first token, [rows, hidden].</summary>
    public Tensor FirstToken(BertModule module) => module.FirstToken(Ids(module), Padding(module), Types(module));

    /// <summary>The module's last hidden state at some positions, [positions, hidden].</summary>
    /// <param name="positions">Indexes into rows × length.</param>
    /// <param name="module">The encoder.</param>
    public Tensor At(Tensor positions, BertModule module) => module.At(positions, Ids(module), Padding(module), Types(module));

    /// <summary>The rows' vectors, [rows, poolings × hidden], as <c>BertPooler</c> makes them for prediction; they are not scaled.</summary>
    /// <param name="module">The encoder.</param>
    /// <param name="sentence">One or more ways of pooling, whose vectors stand one after the other in the order of the enumeration, and the weights of tokens.</param>
    /// <param name="embeddingsOnly">Whether the embeddings' output stands for all layers, and none is computed.</param>
    /// <exception cref="NotSupportedException">There is no pooling.</exception>
    public Tensor Pooled(BertModule module, BertSentenceOptions sentence, bool embeddingsOnly = false)
    {
        BertPooling pooling = sentence.Pooling;
        if (pooling == BertPooling.None)
            throw new NotSupportedException($"Training has no pooling '{pooling}': choose one or several of the others.");
        if (pooling == BertPooling.Cls && !embeddingsOnly)
            return FirstToken(module);
        Tensor[] layers = [.. embeddingsOnly ? HiddenStates(module).Take(1) : HiddenStates(module)];
        Tensor hidden = layers[^1];
        Tensor weights = (sentence.TokenWeights is not { } tokenWeights
            ? Mask(module).to(ScalarType.Float32)
            : tensor([.. _ids.Zip(_mask, (id, counts) => counts ? tokenWeights[(int)id] : 0)], _rows, Length, device: module.Device)).unsqueeze(2);
        Tensor total = weights.sum(1).AtLeast(1e-9);
        var vectors = new List<Tensor>();
        if (pooling.HasFlag(BertPooling.Cls))
            vectors.Add(hidden.select(1, 0));
        if (pooling.HasFlag(BertPooling.Max))
            vectors.Add(hidden.Filled(Mask(module).logical_not().unsqueeze(2), -1e9).amax([1]));
        if (pooling.HasFlag(BertPooling.Mean))
            vectors.Add((hidden * weights).sum(1) / total);
        if (pooling.HasFlag(BertPooling.MeanSqrtLength))
            vectors.Add((hidden * weights).sum(1) / total.sqrt());
        if (pooling.HasFlag(BertPooling.LastLayersMean))
            vectors.Add((stack(layers[^(embeddingsOnly ? 1 : sentence.NumberOfLastLayers)..]).mean([0]) * weights).sum(1) / total);
        return vectors is [Tensor only] ? only : cat(vectors, 1);
    }

    private IEnumerable<Tensor> HiddenStates(BertModule module) => module.HiddenStates(Ids(module), Padding(module), Types(module));

    private Tensor Ids(BertModule module) => tensor(_ids, _rows, Length, device: module.Device);

    private Tensor Types(BertModule module) => tensor(_types, _rows, Length, device: module.Device);

    /// <summary>The mask; null when nothing is padded.</summary>
    private Tensor? Padding(BertModule module) => _mask.Contains(false) ? Mask(module) : null;

    private Tensor Mask(BertModule module) => tensor(_mask, _rows, Length, device: module.Device);
}
