using Microsoft.ML;

namespace Bert.MLNet;

/// <summary>Adds experiments with BERT models to <see cref="MLContext"/>.</summary>
public static class BertAutoExtensions
{
    /// <summary>
    /// Returns the catalog of experiments, which search for the best model within a time budget. The name does not collide with
    /// <c>Auto()</c> of ML.NET's AutoML.
    /// </summary>
    /// <param name="mlContext">The context.</param>
    public static BertAutoCatalog BertAuto(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new(mlContext);
    }
}
