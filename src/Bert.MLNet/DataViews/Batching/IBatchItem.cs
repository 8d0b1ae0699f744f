namespace Bert.MLNet.DataViews;

/// <summary>One sequence on its way through the encoder. A row has one, a pair of sentences two, a long text as many as it takes.</summary>
internal interface IBatchItem
{
    /// <summary>Its length in tokens, by which sequences are sorted and batches are cut.</summary>
    int Length { get; }
}
