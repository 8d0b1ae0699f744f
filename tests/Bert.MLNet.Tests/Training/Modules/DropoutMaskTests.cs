using Bert.MLNet.Training;

namespace Bert.MLNet.Tests.Training;

public class DropoutMaskTests
{
    private const int Count = 1_000_003;

    [Theory]
    [InlineData(0.9), InlineData(0.5), InlineData(0.1), InlineData(0.999)]
    public void Values_are_kept_with_their_probability_wherever_they_stand(double keep)
    {
        float[] mask = Fill(keep, key: 0x0123_4567_89AB_CDEF);
        Assert.All(mask, value => Assert.True(value is 0 or 1.25f));
        // Six standard deviations of a binomial distribution.
        Check(mask, "all");
        for (int lane = 0; lane < 16; lane++)
            Check([.. mask.Where((_, i) => i % 16 == lane)], $"every sixteenth from {lane}");
        // What follows a value that is dropped is as likely as what follows others, at any distance.
        foreach (int distance in new[] { 1, 2, 16, 64, 768 })
            Check([.. mask.Skip(distance).Where((_, i) => mask[i] == 0)], $"{distance} after a zero");

        void Check(float[] values, string which)
        {
            double share = values.Average(value => value > 0 ? 1.0 : 0), deviation = Math.Sqrt(keep * (1 - keep) / values.Length);
            Assert.True(Math.Abs(share - keep) < 6 * deviation, $"{which}: {share} of {values.Length} are kept, {keep} are due.");
        }
    }

    [Fact]
    public void A_value_depends_on_key_and_place_alone()
    {
        float[] mask = Fill(0.7, key: 5);
        Assert.Equal(mask, Fill(0.7, key: 5));
        foreach (int length in new[] { 0, 1, 15, 16, 17, 1000 })
            Assert.Equal(mask[..length], Fill(0.7, key: 5, length));
    }

    [Fact]
    public void Masks_of_keys_that_differ_in_one_bit_are_independent()
    {
        const double Keep = 0.5;
        const int Some = 100_000;
        float[] mask = Fill(Keep, key: 77, Some);
        for (int bit = 0; bit < 64; bit++)
        {
            double equal = mask.Zip(Fill(Keep, key: 77UL ^ 1UL << bit, Some)).Average(pair => pair.First == pair.Second ? 1.0 : 0);
            Assert.True(Math.Abs(equal - 0.5) < 6 * 0.5 / Math.Sqrt(Some), $"Bit {bit}: {equal} are equal.");
        }
    }

    [Theory]
    [InlineData(1, 1.25f), InlineData(0, 0f)]
    public void All_or_nothing_is_kept(double keep, float due) =>
        Assert.All(Fill(keep, key: 9, count: 100), value => Assert.Equal(due, value));

    [Fact]
    public void Keys_are_those_of_SplitMix64()
    {
        // Of the seed 1234567, as the algorithm's reference implementation gives them.
        BatchChance.Seed(1234567);
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL],
            Enumerable.Range(0, 3).Select(_ => BatchChance.NextKey()));
    }

    private static float[] Fill(double keep, ulong key, int count = Count)
    {
        float[] mask = new float[count];
        DropoutMask.Fill(mask, keep, 1.25f, key);
        return mask;
    }
}
