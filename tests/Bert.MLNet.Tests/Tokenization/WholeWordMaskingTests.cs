using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests.Training;

public class WholeWordMaskingTests
{
    private const int Length = 64;

    private static readonly BertTokenizer s_tokenizer = BertTokenizer.Create(new BertVocabulary(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 200).Select(i => $"word{i}"),
            .. Enumerable.Range(0, 200).Select(i => $"##piece{i}")]));

    [Theory]
    [InlineData(0.15), InlineData(0.2), InlineData(0.4)]
    public void The_wanted_share_is_chosen_and_replaced_80_10_10(double probability)
    {
        var masking = new WholeWordMasking(s_tokenizer, probability);
        var random = new Random(7);
        int tokens = 0, chosenTokens = 0, masked = 0, kept = 0;
        for (int i = 0; i < 2000; i++)
        {
            long[] original = Sequence(random), ids = [.. original];
            var chosen = new List<(int Position, int Id)>();
            masking.Apply(ids, random, chosen);
            tokens += Length - 3;
            chosenTokens += chosen.Count;
            masked += chosen.Count(c => ids[c.Position] == s_tokenizer.MaskTokenId);
            kept += chosen.Count(c => ids[c.Position] == c.Id);
        }
        Assert.Equal(probability, (double)chosenTokens / tokens, 0.01);
        Assert.Equal(0.8, (double)masked / chosenTokens, 0.01);
        Assert.Equal(0.1, (double)kept / chosenTokens, 0.01);
    }

    [Fact]
    public void Words_are_chosen_whole_special_tokens_never_and_the_rest_stays()
    {
        var masking = new WholeWordMasking(s_tokenizer, 0.3);
        var random = new Random(8);
        for (int i = 0; i < 500; i++)
        {
            long[] original = Sequence(random), ids = [.. original];
            var chosen = new List<(int Position, int Id)>();
            masking.Apply(ids, random, chosen);

            HashSet<int> positions = [.. chosen.Select(c => c.Position)];
            Assert.Equal(positions.Order(), chosen.Select(c => c.Position));
            Assert.All(chosen, c => Assert.Equal(original[c.Position], c.Id));
            Assert.All(chosen, c => Assert.True(c.Id > s_tokenizer.MaskTokenId));
            Assert.All(chosen, c => Assert.True(ids[c.Position] >= s_tokenizer.MaskTokenId));
            for (int p = 0; p < Length; p++)
            {
                if (!positions.Contains(p))
                    Assert.Equal(original[p], ids[p]);
                if (Continues(original[p]))
                    Assert.Equal(positions.Contains(p - 1), positions.Contains(p));
            }
        }
    }

    [Fact]
    public void Every_position_is_chosen_equally_often()
    {
        var masking = new WholeWordMasking(s_tokenizer, 0.2);
        var random = new Random(9);
        int[] counts = new int[Length];
        for (int i = 0; i < 20_000; i++)
        {
            long[] ids = [s_tokenizer.ClsTokenId, .. Enumerable.Range(0, Length - 2).Select(_ => (long)random.Next(5, 205)),
                s_tokenizer.SepTokenId];
            var chosen = new List<(int Position, int Id)>();
            masking.Apply(ids, random, chosen);
            chosen.ForEach(c => counts[c.Position]++);
        }
        Assert.All(counts[1..^1], count => Assert.Equal(0.2, count / 20_000.0, 0.02));
    }

    [Fact]
    public void A_vocabulary_without_mask_is_refused()
    {
        BertTokenizer tokenizer = BertTokenizer.Create(new BertVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]));
        Assert.Contains("[MASK]", Assert.Throws<ArgumentException>(() => new WholeWordMasking(tokenizer, 0.2)).Message,
            StringComparison.Ordinal);
    }

    private static bool Continues(long id) => id >= 205;

    // Words of one to three pieces, and a [SEP] in the middle.
    private static long[] Sequence(Random random)
    {
        long[] ids = new long[Length];
        ids[0] = s_tokenizer.ClsTokenId;
        for (int i = 1; i < Length - 1; i++)
        {
            bool mayContinue = i > 2 && i != Length / 2 + 1 && !(Continues(ids[i - 1]) && Continues(ids[i - 2]));
            ids[i] = i == Length / 2 ? s_tokenizer.SepTokenId : random.Next(5, mayContinue ? 405 : 205);
        }
        ids[^1] = s_tokenizer.SepTokenId;
        return ids;
    }
}
