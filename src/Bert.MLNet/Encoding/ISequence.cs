using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>The tokens of a text, of two, or of a part of one, which an encoder reads at once.</summary>
internal interface ISequence : IBatchItem
{
    /// <summary>The tokens whose words are asked for; none in most tasks.</summary>
    ReadOnlySpan<int> MaskedTokens => default;

    /// <summary>Sets a row of a batch, padding everywhere before, to this sequence.</summary>
    void Fill(EncoderBatch batch, int row);
}
