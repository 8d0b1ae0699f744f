using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds pooling as a separate step to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertPoolingCatalog
{
    /// <summary>Turns the hidden states of a row's tokens, as computed by <c>ApplyBertEncoder</c>, into one vector.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added vector column (<see cref="float"/>, of known size).</param>
    /// <param name="pooling">How hidden states become one vector. The vectors of combined values are concatenated.</param>
    /// <param name="normalize">Whether the vector is scaled to length 1.</param>
    /// <param name="inputColumnName">The name of the column of hidden states, [length, hidden size].</param>
    /// <param name="attentionMaskColumnName">
    /// The name of the column that contains 1 for each token that counts, otherwise 0; null if all count.
    /// </param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static BertPoolingEstimator ApplyBertPooling(
        this TransformsCatalog.TextTransforms catalog, string outputColumnName, BertPooling pooling = BertPooling.Mean,
        bool normalize = false, string inputColumnName = "LastHiddenState", string? attentionMaskColumnName = "AttentionMask") =>
        catalog.ApplyBertPooling(new BertPoolingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            InputColumnName = inputColumnName,
            AttentionMaskColumnName = attentionMaskColumnName,
        });

    /// <summary>Turns the hidden states of a row's tokens into one vector, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">Columns, pooling and layers.</param>
    /// <exception cref="ArgumentException">An option has an invalid value; the message names it.</exception>
    public static BertPoolingEstimator ApplyBertPooling(
        this TransformsCatalog.TextTransforms catalog, BertPoolingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
