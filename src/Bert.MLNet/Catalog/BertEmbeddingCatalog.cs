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
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="pooling">How hidden states become one vector; null: as the checkpoint says, else <see cref="BertPooling.Mean"/>.</param>
    /// <param name="normalize">Whether vectors are scaled to length 1; null: as the checkpoint says, else false.</param>
    /// <param name="prompt">A text put before each input, such as "query: "; null: the checkpoint's default prompt, if it has one.</param>
    public static BertEmbeddingEstimator ApplyBertEmbedding(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string? inputColumnName, BertModel model, BertPooling? pooling = null, bool? normalize = null, string? prompt = null) =>
        catalog.ApplyBertEmbedding(model, new BertEmbeddingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName ?? outputColumnName,
            Pooling = pooling,
            Normalize = normalize,
            Prompt = prompt,
        });

    /// <summary>Turns a column of texts into a column of vectors, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="options">Columns, pooling, prompt, length and batching.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static BertEmbeddingEstimator ApplyBertEmbedding(this TransformsCatalog.TextTransforms catalog, BertModel model, BertEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), model, options);

    /// <summary>Turns two columns of texts into features for ML.NET's trainers: [u, v, |u − v|, u ∗ v] of their vectors u and v.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="outputColumnName">The column of features that is added (<see cref="float"/>, of known size).</param>
    /// <param name="inputColumnName1">The column of first texts.</param>
    /// <param name="inputColumnName2">The column of second texts.</param>
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="features">The parts of the features.</param>
    /// <param name="cosineColumnName">A column that receives the cosine of the two vectors; null: none.</param>
    public static BertPairEmbeddingEstimator ApplyBertPairEmbedding(this TransformsCatalog.TextTransforms catalog,
        string outputColumnName, string inputColumnName1, string inputColumnName2, BertModel model,
        BertPairFeatures features = BertPairFeatures.All, string? cosineColumnName = null) =>
        catalog.ApplyBertPairEmbedding(model, new BertPairEmbeddingEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName1 = inputColumnName1,
            InputColumnName2 = inputColumnName2,
            Features = features,
            CosineColumnName = cosineColumnName,
        });

    /// <summary>Turns two columns of texts into features for ML.NET's trainers, with all options.</summary>
    /// <param name="catalog">The catalog of text transforms.</param>
    /// <param name="model">The checkpoint. It may serve any number of steps.</param>
    /// <param name="options">Columns, parts, pooling, prompt, length and batching.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public static BertPairEmbeddingEstimator ApplyBertPairEmbedding(this TransformsCatalog.TextTransforms catalog, BertModel model, BertPairEmbeddingEstimator.Options options) =>
        new(CatalogUtils.GetEnvironment(catalog), model, options);
}
