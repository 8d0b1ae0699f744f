using Bert.MLNet.DataViews;

namespace Bert.MLNet.Encoders;

/// <summary>The tokens of one text, two texts, or a part of a text, which an encoder reads at once.</summary>
internal interface ISequence : IBatchItem
{
    /// <summary>The tokens whose words are requested; empty in most tasks.</summary>
    ReadOnlySpan<int> MaskedTokens => default;

    /// <summary>Sets a row of a batch, which was padding before, to this sequence.</summary>
    void Fill(EncoderBatch batch, int row);
}
