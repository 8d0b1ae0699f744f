using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Bert.MLNet.Training;

/// <summary>Token rows of different lengths. The outputs of a module for them are padded on the right to one length.</summary>
internal sealed class PaddedBatch
{
    private readonly long[] _ids, _types;
    private readonly int[] _starts;

    /// <param name="rows">The rows, at least one.</param>
    public PaddedBatch(IReadOnlyList<EncodedRow> rows) : this([.. rows.Select(row => row.Length)])
    {
        for (int r = 0; r < rows.Count; r++)
        {
            EncodedRow row = rows[r];
            for (int i = 0; i < row.Length; i++)
            {
                _ids[_starts[r] + i] = row.Ids[i];
                _types[_starts[r] + i] = i < row.PairStart ? 0 : 1;
            }
        }
    }

    private PaddedBatch(int[] lengths)
    {
        _starts = [0, .. lengths];
        for (int row = 0; row < lengths.Length; row++)
            _starts[row + 1] += _starts[row];
        Length = lengths.Max();
        (_ids, _types) = (new long[Tokens], new long[Tokens]);
    }

    /// <summary>
    /// What the encoder reads instead of the output of its embeddings for these tokens, in the form of
    /// <see cref="EncoderModule.Embeddings"/>; null for that output.
    /// </summary>
    public Tensor? Embeddings { get; init; }

    /// <summary>The number of rows.</summary>
    public int Rows => _starts.Length - 1;

    /// <summary>The length to which rows are padded.</summary>
    public int Length { get; }

    /// <summary>The number of tokens in all rows, without padding.</summary>
    public int Tokens => _starts[^1];

    /// <summary>Creates a batch of single texts, given as tokens without [CLS] and [SEP].</summary>
    public static PaddedBatch OfTexts(IReadOnlyList<ushort[]> texts, BertTokenizer tokenizer)
    {
        int[] before = tokenizer.Row.Starts ? [tokenizer.ClsTokenId] : [], after = tokenizer.Row.Ends ? [tokenizer.SepTokenId] : [];
        return new([
            .. texts.Select(text => new EncodedRow(
                [.. before, .. text.Select(id => (int)id), .. after], before.Length + text.Length + after.Length)),
        ]);
    }

    /// <summary>Creates a batch of single texts of equal length.</summary>
    /// <param name="ids">The token ids of all texts, special tokens included.</param>
    /// <param name="rows">The number of texts.</param>
    public static PaddedBatch OfSequences(ReadOnlySpan<long> ids, int rows)
    {
        int[] lengths = new int[rows];
        Array.Fill(lengths, ids.Length / rows);
        var batch = new PaddedBatch(lengths);
        ids.CopyTo(batch._ids);
        return batch;
    }

    /// <summary>Returns the index of a row's first token among all tokens. For the number of rows, returns the number of tokens.</summary>
    public int Start(int row) => _starts[row];

    /// <summary>Copies the ids and types of all tokens to the start of the arrays.</summary>
    public void CopyTo(long[] ids, long[] types)
    {
        _ids.CopyTo(ids, 0);
        _types.CopyTo(types, 0);
    }

    /// <summary>Computes the module's last hidden state, [rows, length, hidden].</summary>
    public Tensor LastHiddenState(EncoderModule module)
    {
        PackedTokens tokens = module.Pack(this);
        return ToRows(module.Last(module.HiddenStates(tokens).Last()), tokens);
    }

    /// <summary>Computes the module's last hidden state of each row's first token, [rows, hidden].</summary>
    public Tensor FirstToken(EncoderModule module) => module.FirstToken(module.Pack(this)).narrow(0, 0, Rows);

    /// <summary>The mean of the module's last hidden states of each row, [rows, hidden].</summary>
    public Tensor Mean(EncoderModule module) => Pooled(module, new BertSentenceOptions { Pooling = BertPooling.Mean });

    /// <summary>
    /// Computes the mean of the tokens' vectors in a table, [rows, width], as a product with the matrix of their shares. A row without
    /// tokens has zeros.
    /// </summary>
    public Tensor Mean(Embedding table)
    {
        float[] shares = new float[Rows * Tokens];
        for (int row = 0; row < Rows; row++)
        {
            if (_starts[row + 1] > _starts[row])
                shares.AsSpan(row * Tokens + _starts[row], _starts[row + 1] - _starts[row]).Fill(1f / (_starts[row + 1] - _starts[row]));
        }
        Device device = table.weight!.device;
        return tensor(shares, Rows, Tokens, device: device).matmul(table.forward(tensor(_ids, device: device)));
    }

    /// <summary>True for each token and false for padding, [rows, length, 1].</summary>
    public Tensor Mask(Device device) => tensor(InRows((_, _) => true, false), Rows, Length, 1, device: device);

    /// <summary>Computes the module's last hidden state at the given positions, [positions, hidden].</summary>
    /// <param name="positions">Indexes of tokens; see <see cref="Start"/>.</param>
    /// <param name="module">The encoder.</param>
    public Tensor At(Tensor positions, EncoderModule module) => module.At(positions, module.Pack(this));

    /// <summary>
    /// Computes the vectors of the rows, [rows, poolings × hidden], as <c>HiddenStatePooler</c> does for prediction, but not normalized.
    /// </summary>
    /// <param name="module">The encoder.</param>
    /// <param name="sentence">One or more poolings, whose vectors are concatenated in the order of the enumeration, and the token
    /// weights.</param>
    /// <param name="embeddingsOnly">Whether only the output of the embeddings is pooled, without computing any layer.</param>
    /// <exception cref="NotSupportedException">The pooling is not supported.</exception>
    public Tensor Pooled(EncoderModule module, BertSentenceOptions sentence, bool embeddingsOnly = false)
    {
        BertPooling pooling = sentence.Pooling;
        if (pooling == BertPooling.None)
            throw new NotSupportedException($"Training does not support the pooling '{pooling}'. Choose one or several of the others.");
        if (pooling == BertPooling.Cls && !embeddingsOnly)
            return FirstToken(module);
        PackedTokens tokens = module.Pack(this);
        Tensor[] layers = [.. embeddingsOnly ? module.HiddenStates(tokens).Take(1) : module.HiddenStates(tokens)];
        Tensor hidden = ToRows(embeddingsOnly ? layers[^1] : module.Last(layers[^1]), tokens);
        IReadOnlyList<float>? tokenWeights = sentence.TokenWeights;
        Tensor weights = tensor(
            InRows((token, _) => tokenWeights is null ? 1 : tokenWeights[(int)_ids[token]], 0), Rows, Length, 1, device: module.Device);
        Tensor total = weights.sum(1).AtLeast(1e-9);
        var vectors = new List<Tensor>();
        if (pooling.HasFlag(BertPooling.Cls))
            vectors.Add(hidden.select(1, 0));
        if (pooling.HasFlag(BertPooling.Max))
            vectors.Add(hidden.Filled(tensor(InRows((_, _) => false, true), Rows, Length, 1, device: module.Device), -1e9).amax([1]));
        if (pooling.HasFlag(BertPooling.Mean))
            vectors.Add((hidden * weights).sum(1) / total);
        if (pooling.HasFlag(BertPooling.MeanSqrtLength))
            vectors.Add((hidden * weights).sum(1) / total.sqrt());
        if (pooling.HasFlag(BertPooling.LastLayersMean))
            vectors.Add(
                (ToRows(stack(layers[^(embeddingsOnly ? 1 : sentence.NumberOfLastLayers)..]).mean([0]), tokens) * weights).sum(1) / total);
        if (pooling.HasFlag(BertPooling.WeightedMean))
        {
            Tensor places = tensor(InRows((token, row) => token - _starts[row] + 1f, 0), Rows, Length, 1, device: module.Device);
            vectors.Add((hidden * places).sum(1) / places.sum(1).AtLeast(1e-9));
        }
        if (pooling.HasFlag(BertPooling.LastToken))
            vectors.Add((hidden * tensor(InRows((token, row) => token == _starts[row + 1] - 1 ? 1f : 0, 0), Rows, Length, 1,
                device: module.Device)).sum(1));
        return vectors is [Tensor only] ? only : cat(vectors, 1);
    }

    // Without the rows and positions that were added by rounding up sizes.
    private Tensor ToRows(Tensor hidden, PackedTokens tokens) => tokens.ToRows(hidden).narrow(0, 0, Rows).narrow(1, 0, Length);

    /// <summary>Arranges values of tokens as rows × length, with a given value for padding.</summary>
    /// <param name="value">Returns the value of a token by its index among all tokens, and its row.</param>
    /// <param name="padding">The value of padding.</param>
    private TValue[] InRows<TValue>(Func<int, int, TValue> value, TValue padding)
    {
        var padded = new TValue[Rows * Length];
        Array.Fill(padded, padding);
        for (int row = 0; row < Rows; row++)
        {
            for (int token = _starts[row]; token < _starts[row + 1]; token++)
                padded[row * Length + token - _starts[row]] = value(token, row);
        }
        return padded;
    }
}
