using Bert.MLNet.Tokenization;
using Bert.MLNet.Training;
using static TorchSharp.torch;

namespace Bert.MLNet.Pretraining;

/// <summary>Sequences of one length with masked words, and the original tokens.</summary>
internal sealed class MaskedBatch
{
    private readonly long[] _positions;
    private readonly long[] _labels;

    private MaskedBatch(PaddedBatch rows, long[] positions, long[] labels) => (Rows, _positions, _labels) = (rows, positions, labels);

    /// <summary>The sequences.</summary>
    public PaddedBatch Rows { get; }

    /// <summary>Masked tokens.</summary>
    public int Count => _labels.Length;

    /// <param name="packer">The source of sequences.</param>
    /// <param name="first">Number of the first sequence.</param>
    /// <param name="rows">The number of sequences.</param>
    /// <param name="length">Their length in tokens.</param>
    /// <param name="masking">The masking, which chooses the words.</param>
    /// <param name="random">The random number generator.</param>
    public static MaskedBatch Create(SequencePacker packer, long first, int rows, int length, WholeWordMasking masking, Random random)
    {
        long[] ids = new long[rows * length];
        var positions = new List<long>(ids.Length / 4);
        var labels = new List<long>(ids.Length / 4);
        var chosen = new List<(int Position, int Id)>();
        for (int row = 0; row < rows; row++)
        {
            Span<long> sequence = ids.AsSpan(row * length, length);
            packer.Fill(first + row, sequence);
            chosen.Clear();
            masking.Apply(sequence, random, chosen);
            foreach ((int position, int id) in chosen)
            {
                positions.Add(row * length + position);
                labels.Add(id);
            }
        }
        return new MaskedBatch(PaddedBatch.OfSequences(ids, rows), [.. positions], [.. labels]);
    }

    /// <summary>The indices of the masked tokens.</summary>
    public Tensor Positions(Device device) => tensor(_positions, device: device);

    /// <summary>The ids that were masked.</summary>
    public Tensor Labels(Device device) => tensor(_labels, device: device);
}
