namespace Bert.MLNet.Tests.Pooling;

public class SmoothInverseFrequencyTests
{
    private static readonly BertTokenizer s_tokenizer = new TinyCheckpoint().Load().Tokenizer;

    [Fact]
    public void A_token_weighs_a_by_a_plus_its_share_and_special_ones_nothing()
    {
        // Five tokens: good three times, bad and the once.
        float[] weights = SmoothInverseFrequency.Weights(s_tokenizer, ["good good", null, "the bad good"], a: 0.1);
        float Of(string token) => weights[s_tokenizer.Vocabulary.Ids[token]];
        Assert.Equal(0.1 / (0.1 + 3 / 5.0), Of("good"), 1e-6);
        Assert.Equal(0.1 / (0.1 + 1 / 5.0), Of("bad"), 1e-6);
        Assert.Equal(1, Of("film"));
        Assert.All((string[])["[CLS]", "[SEP]", "[PAD]"], token => Assert.Equal(0, Of(token)));
        Assert.Equal(s_tokenizer.Vocabulary.Size, weights.Length);
    }

    [Fact]
    public void Texts_without_a_token_and_an_a_that_is_no_share_are_refused()
    {
        Assert.Contains("contain no tokens",
            Assert.Throws<ArgumentException>(() => SmoothInverseFrequency.Weights(s_tokenizer, ["", null])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SmoothInverseFrequency.Weights(s_tokenizer, ["good"], a: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SmoothInverseFrequency.Weights(s_tokenizer, ["good"], a: double.NaN));
    }
}
