using Bert.MLNet.Samples;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Samples;

public sealed class SemanticSearchSampleTests
{
    [Fact]
    public void A_passage_asked_for_in_its_own_words_comes_first_with_cosine_1()
    {
        SemanticSearchSample.Passage[] passages =
        [
            new() { Title = "Phone", Text = "the battery of this phone was poor" },
            new() { Title = "Film", Text = "a movie that they love" },
            new() { Title = "Book", Text = "not a good book for this price" },
        ];
        using var index = new SemanticSearchSample.Index(new MLContext(), new TinyCheckpoint().Load(), passages);
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
