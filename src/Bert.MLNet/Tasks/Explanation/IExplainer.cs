using Bert.MLNet.DataViews;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Explains rows by one method. Thread-safe.</summary>
internal interface IExplainer : IDisposable
{
    /// <summary>Creates a mapper for a schema.</summary>
    BatchMapper Bind(DataViewSchema schema);

    /// <summary>Explains texts that are read ahead and batched as a cursor does.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="pairs">The second texts, or null.</param>
    /// <param name="owner">The transformer, which error messages name.</param>
    /// <param name="cancellationToken">Stops the work before the next text is read or the next batch is computed.</param>
    /// <exception cref="ArgumentException">There are not as many second texts as the step reads.</exception>
    IEnumerable<BertExplanation> Explain(
        IEnumerable<string?> texts, IEnumerable<string?>? pairs, IBatchStep owner, CancellationToken cancellationToken);
}
