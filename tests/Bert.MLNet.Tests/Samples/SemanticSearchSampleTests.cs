using Bert.MLNet.Samples;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Samples;

public sealed class SemanticSearchSampleTests
{
    private static readonly MLContext s_ml = new();

    [Fact]
    public void A_passage_is_as_near_as_its_nearest_sentence()
    {
        SemanticSearchSample.Passage both = new() { Title = "Both", Text = "a good film. Is the phone poor? They love it!" };
        using var index = new SemanticSearchSample.Index(
            s_ml, SemanticSearchSample.Meaning(s_ml, new TinyCheckpoint().Load()), [both, new() { Text = "a bad day" }]);
        foreach (string sentence in new[] { "a good film.", "Is the phone poor?", "They love it!" })
        {
            (SemanticSearchSample.Passage passage, float cosine) = index.Search($"Both. {sentence}").First();
            Assert.Same(both, passage);
            Assert.Equal(1f, cosine, 1e-5f);
        }
    }

    [Fact]
    public void Sentences_find_more_of_the_shipped_passages_than_passages_and_these_more_than_words_and_static_embeddings_most()
    {
        string Data(string name) => Path.Combine(Shared.Repository, "data", name);
        int[] right = [.. SemanticSearchSample.Right(s_ml, BertModel.Default,
            SemanticSearchSample.Load<SemanticSearchSample.Passage>(s_ml, Data("articles.tsv")),
            SemanticSearchSample.Load<SemanticSearchSample.Question>(s_ml, Data("questions.tsv"))).Select(search => search.Right)];
        Assert.Equal(right.Order(), right);
        Assert.InRange(right[0], 10, 30);
        Assert.InRange(right[2], 48, 60);
    }

    [Fact]
    public void A_passage_asked_for_in_its_own_words_comes_first_with_cosine_1()
    {
        SemanticSearchSample.Passage[] passages =
        [
            new() { Title = "Phone", Text = "the battery of this phone was poor" },
            new() { Title = "Film", Text = "a movie that they love" },
            new() { Title = "Book", Text = "not a good book for this price" },
        ];
        using var index = new SemanticSearchSample.Index(s_ml, SemanticSearchSample.Meaning(s_ml, new TinyCheckpoint().Load()), passages);
        foreach (SemanticSearchSample.Passage passage in passages)
        {
            (SemanticSearchSample.Passage Passage, float Cosine)[] hits = [.. index.Search($"{passage.Title}. {passage.Text}")];
            Assert.Same(passage, hits[0].Passage);
            Assert.Equal(1f, hits[0].Cosine, 1e-5f);
            Assert.Equal(hits.Select(hit => hit.Cosine).OrderDescending(), hits.Select(hit => hit.Cosine));
            Assert.Equal(passages.Length, hits.Length);
        }
    }
}
