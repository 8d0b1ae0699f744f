using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet;

/// <summary>Sentence embeddings in <see cref="TransformsCatalog.TextTransforms"/>.</summary>
public static class BertEmbeddingCatalog
{
    /// <summary>Turns a column of texts into a column of vectors: tokenization, encoding and pooling in one step.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of vectors that is added (<see cref="float"/>, of known size).</param>
    /// <param name="inputColumnName">The column of texts; null: the same as <paramref name="outputColumnName"/>.</param>
    /// <param name="model">The checkpoint; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="pooling">How hidden states become one vector; null: as the checkpoint says, else <see cref="BertPooling.Mean"/>.</param>
    /// <param name="normalize">Whether vectors are scaled to length 1; null: as the checkpoint says, else false.</param>
    /// <param name="prompt">A text put before each input, such as "query: "; null: the checkpoint's default prompt, if it has one.</param>
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
    public static BertEmbeddingEstimator ApplyBertEmbedding(this TransformsCatalog.TextTransforms catalog, BertEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);

    /// <summary>Turns two columns of texts into features for ML.NET's trainers: [u, v, |u − v|, u ∗ v] of their vectors u and v.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of features that is added (<see cref="float"/>, of known size).</param>
    /// <param name="inputColumnName">The column of first texts.</param>
    /// <param name="pairColumnName">The column of second texts.</param>
    /// <param name="model">The checkpoint; null: <see cref="BertModel.Default"/>. One checkpoint may serve any number of steps.</param>
    /// <param name="features">The parts of the features.</param>
    /// <param name="cosineColumnName">A column that receives the cosine of the two vectors; null: none.</param>
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
    public static BertPairEmbeddingEstimator ApplyBertPairEmbedding(this TransformsCatalog.TextTransforms catalog, BertPairEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), options);
}
