namespace Bert.MLNet.Encoders;

/// <summary>What an encoder has computed for one sequence of a batch. Its memory is used again for the next batch.</summary>
/// <param name="batch">The batch, computed.</param>
/// <param name="row">The sequence's row in it.</param>
/// <param name="firstMask">The place of its first masked token among those of the batch.</param>
internal readonly ref struct SequenceOutputs(EncoderBatch batch, int row, int firstMask)
{
    /// <summary>The sequence's tokens with the padding of its batch.</summary>
    public int PaddedLength => batch.Length;

    /// <summary>The values of an output, by its position in the session's outputs, padding included.</summary>
    public ReadOnlySpan<float> this[int output] => batch.Output(output, row);

    /// <summary>The values of an output for one of the sequence's masked tokens.</summary>
    public ReadOnlySpan<float> OfMask(int output, int mask) => batch.Output(output, firstMask + mask);
}
