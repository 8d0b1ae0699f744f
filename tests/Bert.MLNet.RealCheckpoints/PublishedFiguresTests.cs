using Bert.MLNet.Tests;

namespace Bert.MLNet.RealCheckpoints;

/// <summary>What others computed with the same weights: MTEB's results, and a retrieval without a model.</summary>
public sealed class PublishedFiguresTests(MiniLM miniLM, ArcticXs arctic, ITestOutputHelper output)
{
    // Published with two digits.
    private const double Rounding = 0.01;

    [Fact]
    public void SICK_R_is_that_of_MTEB()
    {
        SentencePairs pairs = Sick();
        Assert.Equal(9927, pairs.Count);
        Equal(77.58, pairs.Spearman(miniLM.Weights), "SICK-R");
    }

    [Fact]
    public void STS16_is_that_of_MTEB() => Equal(78.99, Sts16().Spearman(miniLM.Weights), "STS16");

    [Fact]
    public void STS_B_dev_is_that_of_others()
    {
        var pairs = new SentencePairs().AddQuoted(Shared.Folder("datasets", "stsb", "stsb-en-dev.csv"));
        Equal(86.72, pairs.Spearman(miniLM.Weights), "STS-B dev");
    }

    [Fact]
    public void SciFact_is_that_of_MTEB()
    {
        RealCheckpoint.SkipUnlessAsked();
        Equal(64.51, new RetrievalSet(Shared.Folder("datasets", "scifact")).Ndcg(miniLM.Weights), "SciFact");
    }

    [Fact]
    public void SciFact_of_ArcticXs_is_that_of_MTEB()
    {
        RealCheckpoint.SkipUnlessAsked();
        var set = new RetrievalSet(Shared.Folder("datasets", "scifact"));
        Equal(64.51, set.Ndcg(arctic.Weights, arctic.Weights.Sentence.Prompts["query"]), "SciFact of ArcticXs");
    }

    /// <summary>Half the documents of CACM are only titles.</summary>
    /// <param name="name">The name of the data set.</param>
    /// <param name="published">nDCG@10 of BM25 as the data set's page has it, with another list of stop words and other stems.</param>
    /// <param name="isAhead">Whether vectors find more than words.</param>
    [Theory]
    [InlineData("medline", 66.7, true), InlineData("cisi", 34.2, true), InlineData("cacm", 44.1, false)]
    public void Vectors_stand_beside_BM25(string name, double published, bool isAhead)
    {
        if (name != "medline")
            RealCheckpoint.SkipUnlessAsked();
        var set = new RetrievalSet(Shared.Folder("datasets", name));
        var words = new Bm25(set.Documents);
        double[][] scores = [.. set.Queries.Select(words.Scores)];
        double byWords = set.Ndcg((query, document) => scores[query][document]), byVectors = set.Ndcg(miniLM.Weights);
        output.WriteLine($"{name}: nDCG@10 {byVectors:F2}, BM25 {byWords:F2}");
        Assert.Equal(published, byWords, 2.5);
        Assert.Equal(isAhead, byVectors > byWords);
    }

    private static SentencePairs Sick()
    {
        var pairs = new SentencePairs();
        foreach (string part in new[] { "train", "trial", "test" })
            pairs.AddTable(Shared.Folder("datasets", "sick", part + ".tsv"), "sentence_a", "sentence_b", "relatedness");
        return pairs;
    }

    private static SentencePairs Sts16() =>
        new SentencePairs().AddTable(Shared.Folder("datasets", "sts16", "sts16.tsv"), "sentence1", "sentence2", "score");

    private void Equal(double published, double computed, string name)
    {
        output.WriteLine($"{name}: {computed:F3}; published: {published:F2}");
        Assert.Equal(published, computed, Rounding);
    }
}
