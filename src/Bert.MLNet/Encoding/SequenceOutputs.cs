namespace Bert.MLNet.Encoders;

/// <summary>The outputs of an encoder for one sequence of a batch. Their memory is reused for the next batch.</summary>
/// <param name="batch">The computed batch.</param>
/// <param name="row">The sequence's row in it.</param>
/// <param name="firstMask">The index of its first masked token among those of the batch.</param>
internal readonly ref struct SequenceOutputs(EncoderBatch batch, int row, int firstMask)
{
    /// <summary>The number of tokens of the sequence, including the padding of its batch.</summary>
    public int PaddedLength => batch.Length;

    /// <summary>Gets the values of an output by its position in the session's outputs, including padding.</summary>
    public ReadOnlySpan<float> this[int output] => batch.Output(output, row);

    /// <summary>Gets the values of an output for one of the sequence's masked tokens.</summary>
    public ReadOnlySpan<float> OfMask(int output, int mask) => batch.Output(output, firstMask + mask);
}
