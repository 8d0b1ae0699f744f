namespace Bert.MLNet.Tests.Predictors;

/// <summary>Inputs that a scheduler tokenizes and computes in batches of its own.</summary>
public sealed class PreparedInputTests
{
    private static readonly string[] s_texts =
        [.. Enumerable.Range(0, 30).Select(i => string.Join(' ', Enumerable.Repeat("the film is great", 1 + i % 6)) + $" {i}")];

    [Fact]
    public void Batches_of_any_inputs_in_any_order_give_what_the_predictor_gives()
    {
        using BertPredictor<string, BertEmbedding> predictor = new TinyCheckpoint().Load().CreateEmbedder();
        BertPreparedInput<BertEmbedding>[] prepared = [.. s_texts.Select(predictor.Prepare)];
        Assert.All(prepared, input => Assert.Single(input.Sequences));
        foreach (BertPreparedSequence[] batch in prepared.Reverse().SelectMany(input => input.Sequences).Chunk(7))
            predictor.Compute(batch);
        for (int i = 0; i < s_texts.Length; i++)
        {
            BertEmbedding expected = predictor.Predict(s_texts[i]), actual = prepared[i].GetResult();
            Assert.Equal(expected.TokenCount, prepared[i].Sequences[0].Length);
            Assert.Equal(expected.TokenCount, actual.TokenCount);
            foreach ((float one, float other) in expected.Vector.ToArray().Zip(actual.Vector.ToArray()))
                Assert.Equal(one, other, 1e-5f);
        }
    }

    [Fact]
    public void A_long_text_has_a_sequence_for_each_window_and_a_text_without_masks_has_none()
    {
        BertModel model = new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load();
        using BertPredictor<string, IReadOnlyList<BertFilledMask>> predictor = model.CreateFillMask();
        BertPreparedInput<IReadOnlyList<BertFilledMask>> none = predictor.Prepare("the film");
        Assert.Empty(none.Sequences);
        Assert.Empty(none.GetResult());
        string text = string.Join(" the film is great ", Enumerable.Repeat("[MASK]", 40));
        BertPreparedInput<IReadOnlyList<BertFilledMask>> prepared = predictor.Prepare(text);
        Assert.InRange(prepared.Sequences.Count, 3, 20);
        foreach (BertPreparedSequence sequence in prepared.Sequences)
            predictor.Compute([sequence]);
        Assert.Equal(
            predictor.Predict(text).Select(word => (word.Mask, word.Token)), prepared.GetResult().Select(word => (word.Mask, word.Token)));
    }

    [Fact]
    public void Misuse_is_refused()
    {
        BertModel model = new TinyCheckpoint().Load();
        using BertPredictor<string, BertEmbedding> predictor = model.CreateEmbedder(), other = model.CreateEmbedder();
        BertPreparedInput<BertEmbedding> prepared = predictor.Prepare("the film");
        Assert.Contains("1 of 1 sequences", Assert.Throws<InvalidOperationException>(() => prepared.GetResult()).Message);
        Assert.Contains("another predictor", Assert.Throws<ArgumentException>(() => other.Compute(prepared.Sequences)).Message);
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => predictor.Compute([])).Message);
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Prepare("the film"));
        Assert.Throws<ObjectDisposedException>(() => predictor.Compute(prepared.Sequences));
    }
}
