namespace Bert.MLNet.Encoders;

/// <summary>
/// A reference to the shared encoder of a model: all references to the same outputs of the same <see cref="BertModel"/> use the same native
/// session and the same memory. Thread-safe: any number of threads can rent and run batches at the same time.
/// </summary>
/// <remarks>
/// <see cref="Dispose"/> releases the reference. The last one closes the native session, after the batches that are still running. A
/// reference that is never released costs only the session, which then lives as long as its model.
/// </remarks>
internal sealed class EncoderSession : IDisposable
{
    private readonly SharedEncoders _shared;
    private readonly OnnxEncoder _encoder;
    private int _disposed;

    private EncoderSession(SharedEncoders shared, OnnxEncoder encoder)
    {
        _shared = shared;
        _encoder = encoder;
    }

    /// <summary>Gets a reference to the encoder with these outputs; opens the native session if there is none.</summary>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    public static EncoderSession Acquire(BertModel model, EncoderOutputSet outputs)
    {
        model.RequireNetwork();
        foreach (EncoderOutput output in outputs)
            output.Check(model);
        SharedEncoders shared = SharedEncoders.Of(model);
        return new EncoderSession(shared, shared.Acquire(model, outputs));
    }

    /// <summary>Whether the checkpoint can compute an output. A checkpoint with a graph is opened to find out.</summary>
    public static bool CanCompute(BertModel model, EncoderOutput output)
    {
        if (model.Weights is not null)
            return output.MissingReason(model, model.Weights) is null;
        try
        {
            Acquire(model, new(output)).Dispose();
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    public BertModel Model => _encoder.Model;

    /// <summary>The outputs; <see cref="EncoderBatch.Output"/> uses their positions.</summary>
    public EncoderOutputSet Outputs => _encoder.Outputs;

    /// <summary>Checks a row from another source: that the checkpoint has its positions, tokens and types.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not; the message contains the limit.</exception>
    public void Check(ReadOnlySpan<long> ids, ReadOnlySpan<long> types)
    {
        BertConfig config = Model.Config;
        CheckLength(ids.Length);
        CheckRange(ids, config.VocabSize, "token id", "tokens in its vocabulary. Was the text tokenized for another checkpoint?");
        if (config.TypeVocabSize > 0)
            CheckRange(
                types, config.TypeVocabSize, "token type", "token types, counted from 0. Was the text tokenized for another checkpoint?");
    }

    /// <summary>Rents a batch of padding, to fill, run, read and dispose of.</summary>
    /// <param name="rows">The number of rows, at least 1.</param>
    /// <param name="length">The number of tokens of the longest row, at least 1.</param>
    /// <param name="positions">The number of requested masked words; 0 for a session that does not compute any.</param>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint does not have that many positions.</exception>
    /// <exception cref="ObjectDisposedException">The reference was released.</exception>
    public EncoderBatch Rent(int rows, int length, int positions = 0)
    {
        if (rows < 1)
            throw new ArgumentOutOfRangeException(nameof(rows), $"A batch of {rows} rows cannot be rented; it needs at least one.");
        if (length < 1)
            throw new ArgumentOutOfRangeException(
                nameof(length), $"A batch of {length} tokens per row cannot be rented; it needs at least one.");
        CheckLength(length);
        ObjectDisposedException.ThrowIf(_disposed != 0 || !_shared.TryAddUser(_encoder), this);
        EncoderBatch batch = _encoder.Take();
        try
        {
            batch.Begin(_shared, rows, length, positions);
            return batch;
        }
        catch
        {
            // Memory ran out, or sizes overflowed: the batch is incomplete and must not be reused.
            batch.ReleaseValues();
            _shared.Release(_encoder);
            throw;
        }
    }

    /// <summary>Computes sequences as one batch.</summary>
    /// <param name="sequences">The sequences, at least one, the longest first.</param>
    /// <param name="keep">Copies the required outputs of each sequence.</param>
    /// <inheritdoc cref="Rent" path="/exception"/>
    public void Run<TSequence>(ReadOnlySpan<TSequence> sequences, Action<TSequence, SequenceOutputs> keep)
        where TSequence : ISequence
    {
        int masks = 0;
        foreach (TSequence sequence in sequences)
            masks += sequence.MaskedTokens.Length;
        using EncoderBatch batch = Rent(sequences.Length, sequences[0].Length, masks);
        int mask = 0;
        for (int row = 0; row < sequences.Length; row++)
        {
            sequences[row].Fill(batch, row);
            foreach (int token in sequences[row].MaskedTokens)
                batch.MaskedPositions[mask++] = row * batch.Length + token;
        }
        batch.Run();
        mask = 0;
        for (int row = 0; row < sequences.Length; row++)
        {
            keep(sequences[row], new SequenceOutputs(batch, row, mask));
            mask += sequences[row].MaskedTokens.Length;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _shared.Release(_encoder);
    }

    private void CheckLength(int length)
    {
        if (length > Model.Config.MaxTokens)
            throw new ArgumentOutOfRangeException(
                nameof(length), $"There are {length} tokens, but '{Model.Name}' has {Model.Config.MaxTokens} positions. Truncate when " +
                    "tokenizing.");
    }

    private void CheckRange(ReadOnlySpan<long> values, int limit, string what, string where)
    {
        int wrong = values.IndexOfAnyExceptInRange(0, limit - 1);
        if (wrong >= 0)
            throw new ArgumentOutOfRangeException(
                nameof(values), $"There is a {what} {values[wrong]}, but '{Model.Name}' has {limit} {where}");
    }
}
