using Bert.MLNet.Samples.VectorStore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.ML;

namespace Bert.MLNet.Samples;

/// <summary>Stores passages with their vectors in SQLite, and finds them by meaning through Microsoft.Extensions.VectorData.</summary>
public static class VectorStoreSample
{
    private static readonly string[] Examples = ["why is my bread so flat", "how can I sleep better", "what pulls the sea to the shore"];

    /// <summary>A passage, as the collection stores it.</summary>
    public sealed class Article
    {
        [VectorStoreKey]
        public string Title { get; set; } = "";

        [VectorStoreData]
        public string Text { get; set; } = "";

        /// <summary>The text that is embedded.</summary>
        [VectorStoreVector(256, DistanceFunction = DistanceFunction.CosineSimilarity)]
        public string Vector => $"{Title}. {Text}";
    }

    /// <param name="bert">The model that reads passages and questions.</param>
    /// <param name="passagesFile">Tab-separated with a header: title and text.</param>
    /// <param name="database">The SQLite file. Passages that it has from an earlier run are not embedded again.</param>
    /// <param name="questions">The questions to search for; if empty, a few examples.</param>
    public static async Task RunAsync(BertModel bert, string passagesFile, string database, params string[] questions)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromTextFile<SemanticSearchSample.Passage>(passagesFile, hasHeader: true);
        using var generator = new BertEmbeddingGenerator(bert, new BertEmbeddingOptions { Normalize = true });
        // Vectors of different models cannot be compared, so each model has a collection of its own.
        using var articles = new SqliteVectorCollection<string, Article>(
            database, $"articles of {bert.Name}", generator, DimensionsOf(generator));
        await articles.EnsureCollectionExistsAsync();
        List<Article> added = [];
        foreach (SemanticSearchSample.Passage passage in
            ml.Data.CreateEnumerable<SemanticSearchSample.Passage>(data, reuseRowObject: false))
        {
            if (await articles.GetAsync(passage.Title) is null)
                added.Add(new Article { Title = passage.Title, Text = passage.Text });
        }
        await articles.UpsertAsync(added);
        Console.WriteLine($"{added.Count} passages were added to {database}");
        foreach (string question in questions.Length > 0 ? questions : Examples)
        {
            Console.WriteLine($"'{question}'");
            await foreach (VectorSearchResult<Article> hit in articles.SearchAsync(question, top: 3))
                Console.WriteLine($"  {hit.Score:F2}  {hit.Record.Title}");
        }
    }

    private static int? DimensionsOf(BertEmbeddingGenerator generator) =>
        ((EmbeddingGeneratorMetadata?)generator.GetService(typeof(EmbeddingGeneratorMetadata)))?.DefaultModelDimensions;
}
