using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Samples.Web;

/// <summary>Articles with their vectors. Thread-safe.</summary>
public sealed class ArticleIndex
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly (string Title, ReadOnlyMemory<float> Vector)[] _articles;

    private sealed class Article
    {
        [LoadColumn(0)] public string Title { get; set; } = "";
        [LoadColumn(1)] public string Text { get; set; } = "";
    }

    /// <param name="generator">Computes vectors of length 1.</param>
    /// <param name="articlesFile">Tab-separated with a header: title and text.</param>
    public ArticleIndex(IEmbeddingGenerator<string, Embedding<float>> generator, string articlesFile)
    {
        _generator = generator;
        var ml = new MLContext();
        Article[] articles = [.. ml.Data.CreateEnumerable<Article>(
            ml.Data.LoadFromTextFile<Article>(articlesFile, hasHeader: true), reuseRowObject: false)];
        // A title is informative, so it is read together with its article.
        var vectors = generator.GenerateAsync(articles.Select(article => $"{article.Title}. {article.Text}")).GetAwaiter().GetResult();
        _articles = [.. articles.Zip(vectors, (article, vector) => (article.Title, vector.Vector))];
    }

    /// <summary>Finds the articles nearest to a query, the nearest first.</summary>
    public async Task<Hit[]> SearchAsync(string query, int top, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<float> asked = await _generator.GenerateVectorAsync(query, cancellationToken: cancellationToken);
        return
        [
            .. _articles.Select(article => new Hit(article.Title, TensorPrimitives.Dot(article.Vector.Span, asked.Span)))
                .OrderByDescending(hit => hit.Score).Take(top),
        ];
    }
}
