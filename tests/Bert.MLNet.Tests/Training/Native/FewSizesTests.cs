using Bert.MLNet.Training;
using CsCheck;

namespace Bert.MLNet.Tests.Training;

public class FewSizesTests
{
    [Fact]
    public void A_size_grows_by_less_than_its_share_of_an_octave_and_stays_when_rounded_again() =>
        Gen.Select(Gen.Int[1, 1 << 20], Gen.OneOf(Gen.Const(1), Gen.Const(4), Gen.Const(8), Gen.Const(16))).Sample((size, perOctave) =>
        {
            int rounded = FewSizes.RoundUp(size, perOctave);
            Assert.InRange(rounded, size, size + Math.Max(0, (size - 1) / perOctave));
            Assert.Equal(rounded, FewSizes.RoundUp(rounded, perOctave));
        });

    [Theory]
    [InlineData(4, new[] { 64, 80, 96, 112 }), InlineData(8, new[] { 64, 72, 80, 88, 96, 104, 112, 120 }), InlineData(1, new[] { 64 })]
    public void There_are_so_many_from_one_power_of_two_to_the_next(int perOctave, int[] expected) =>
        Assert.Equal([.. expected, 128], Enumerable.Range(64, 65).Select(size => FewSizes.RoundUp(size, perOctave)).Distinct());
}
