using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Adds sentence embeddings to <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertEmbeddingCatalog
{
    /// <summary>Turns a column of texts into a column of vectors: tokenization, encoding and pooling in one step.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added vector column (<see cref="float"/>, of known size).</param>
    /// <param name="inputColumnName">The name of the text column; null for the same as <paramref name="outputColumnName"/>.</param>
    /// <param name="model">
    /// The checkpoint; null for <see cref="BertModel.Default"/>. Any number of steps can share one checkpoint.
    /// </param>
    /// <param name="pooling">
    /// How hidden states become one vector; null for the checkpoint's setting or, if it has none, <see cref="BertPooling.Mean"/>.
    /// </param>
    /// <param name="normalize">
    /// Whether vectors are scaled to length 1; null for the checkpoint's setting or, if it has none, false.
    /// </param>
    /// <param name="prompt">
    /// A text inserted before each input, such as "query: "; null for the checkpoint's default prompt, if it has one.
    /// </param>
    public static BertEmbeddingEstimator ApplyBertEmbedding(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string? inputColumnName = null, BertModel? model = null,
        BertPooling? pooling = null, bool? normalize = null, string? prompt = null) =>
        catalog.ApplyBertEmbedding(new BertEmbeddingEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName ?? outputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            Prompt = prompt,
        });

    /// <summary>Turns a column of texts into a column of vectors, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, pooling, prompt, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    public static BertEmbeddingEstimator ApplyBertEmbedding(
        this TransformsCatalog.TextTransforms catalog, BertEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>
    /// Turns two columns of texts into features for ML.NET's trainers. For vectors u and v, these are [u, v, |u − v|, u ∗ v].
    /// </summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The name of the added feature column (<see cref="float"/>, of known size).</param>
    /// <param name="inputColumnName">The name of the column of first texts.</param>
    /// <param name="pairColumnName">The name of the column of second texts.</param>
    /// <param name="model">
    /// The checkpoint; null for <see cref="BertModel.Default"/>. Any number of steps can share one checkpoint.
    /// </param>
    /// <param name="features">The parts of the features.</param>
    /// <param name="cosineColumnName">
    /// The name of an added column with the cosine of the two vectors; null to omit the column.
    /// </param>
    public static BertPairEmbeddingEstimator ApplyBertPairEmbedding(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName, string pairColumnName, BertModel? model = null,
        BertPairFeatures features = BertPairFeatures.All, string? cosineColumnName = null) =>
        catalog.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
        {
            Model = model,
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            PairColumnName = pairColumnName,
            Features = features,
            CosineColumnName = cosineColumnName,
        });

    /// <summary>Turns two columns of texts into features for ML.NET's trainers, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="options">The checkpoint, columns, parts, pooling, prompt, length and batching.</param>
    /// <exception cref="ArgumentException">An option has an invalid value, or does not fit the model; the message names it.</exception>
    public static BertPairEmbeddingEstimator ApplyBertPairEmbedding(
        this TransformsCatalog.TextTransforms catalog, BertPairEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
