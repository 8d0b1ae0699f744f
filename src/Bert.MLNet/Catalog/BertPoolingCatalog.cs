using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Pooling as a step of its own in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertPoolingCatalog
{
    /// <summary>Turns the hidden states of a row's tokens, as <c>ApplyBertEncoder</c> makes them, into one vector.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of vectors that is added (<see cref="float"/>, of known size).</param>
    /// <param name="pooling">How hidden states become one vector; several values are concatenated.</param>
    /// <param name="normalize">Whether the vector is scaled to length 1.</param>
    /// <param name="inputColumnName">The column of hidden states, [length, hidden size].</param>
    /// <param name="attentionMaskColumnName">The column that says which tokens count; null: all.</param>
    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static BertPoolingEstimator ApplyBertPooling(this TransformsCatalog.TextTransforms catalog, string outputColumnName, BertPooling pooling = BertPooling.Mean,
        bool normalize = false, string inputColumnName = "LastHiddenState", string? attentionMaskColumnName = "AttentionMask") =>
        catalog.ApplyBertPooling(new BertPoolingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            InputColumnName = inputColumnName,
            AttentionMaskColumnName = attentionMaskColumnName,
        });

    /// <summary>Turns the hidden states of a row's tokens into one vector, with all options: also the mean of the last layers.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">Columns, pooling and layers.</param>
    /// <exception cref="ArgumentException">An option cannot be; the message names it.</exception>
    public static BertPoolingEstimator ApplyBertPooling(this TransformsCatalog.TextTransforms catalog, BertPoolingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
