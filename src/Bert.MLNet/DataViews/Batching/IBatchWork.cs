namespace Bert.MLNet.DataViews;

/// <summary>How rows are computed in batches. Thread-safe: it holds no state of a row.</summary>
/// <typeparam name="TRow">What is kept of a row: its input and, once computed, its output.</typeparam>
/// <typeparam name="TItem">What goes through the encoder.</typeparam>
internal interface IBatchWork<TRow, TItem>
    where TRow : class
    where TItem : class, IBatchItem
{
    /// <summary>Makes the items of a row that has been read. Called for several rows at the same time.</summary>
    void Prepare(TRow row);

    /// <summary>The items of a prepared row.</summary>
    ReadOnlySpan<TItem> ItemsOf(TRow row);

    /// <summary>Computes items of any rows and keeps the results in them. Called for several batches at the same time.</summary>
    /// <param name="batch">At least one item, the longest first.</param>
    /// <param name="activeOutputs">Which outputs will be asked for.</param>
    void Run(ReadOnlySpan<TItem> batch, bool[] activeOutputs);

    /// <summary>The bytes that the results of a row will take, as far as they grow with its length: they bound the window.</summary>
    long ResultSize(TRow row, bool[] activeOutputs);

    /// <summary>The input of a row in a few words: for error messages.</summary>
    string Describe(TRow row);
}
