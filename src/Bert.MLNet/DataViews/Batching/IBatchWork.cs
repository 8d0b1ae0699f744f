namespace Bert.MLNet.DataViews;

/// <summary>How rows are computed in batches. Thread-safe: holds no state of a row.</summary>
/// <typeparam name="TRow">The data kept for a row: its input and, once computed, its output.</typeparam>
/// <typeparam name="TItem">A sequence that the encoder processes.</typeparam>
internal interface IBatchWork<TRow, TItem>
    where TRow : class
    where TItem : class, IBatchItem
{
    /// <summary>Creates the items of a row that has been read. Called for several rows at the same time.</summary>
    void Prepare(TRow row);

    /// <summary>Returns the items of a prepared row.</summary>
    ReadOnlySpan<TItem> ItemsOf(TRow row);

    /// <summary>
    /// Computes a batch of items, from any rows, and stores the results in them. Called for several batches at the same time.
    /// </summary>
    /// <param name="batch">At least one item, longest first.</param>
    /// <param name="activeOutputs">For each output, whether it will be requested.</param>
    void Run(ReadOnlySpan<TItem> batch, bool[] activeOutputs);

    /// <summary>
    /// Returns the size in bytes of those results of a row that grow with its length. Limits the size of the window.
    /// </summary>
    long ResultSize(TRow row, bool[] activeOutputs);

    /// <summary>Describes the input of a row in a few words, for error messages.</summary>
    string Describe(TRow row);
}
