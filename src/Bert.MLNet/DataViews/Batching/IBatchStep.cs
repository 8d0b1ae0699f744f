using Microsoft.ML;

namespace Bert.MLNet.DataViews;

/// <summary>A transformer whose views compute rows in batches.</summary>
internal interface IBatchStep : ITransformer
{
    /// <exception cref="ObjectDisposedException">The transformer was disposed; the message names it.</exception>
    void CheckNotDisposed();
}
