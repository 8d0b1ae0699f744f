namespace Bert.MLNet.DataViews;

/// <summary>
/// A sequence to encode. A row has one sequence; a pair of sentences has two, and a long text as many as it needs.
/// </summary>
internal interface IBatchItem
{
    /// <summary>The length in tokens, used to sort sequences and to cut batches.</summary>
    int Length { get; }
}
