using System.Text;
using Bert.MLNet.Tokenization;
using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>
/// Regular expressions of a tokenizer.json. What they match is compared with the Rust code in <see cref="TokenizerPartsTests"/>.
/// </summary>
public sealed class ExpressionPatternTests
{
    [Theory]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData(@"\X", @"\X")]
    [InlineData(@"\Ga", @"\G")]
    [InlineData(@"a\Kb", @"\K")]
    [InlineData(@"\p{Emoji}", "the property 'Emoji'")]
    [InlineData(@"[[:alpha:]]", "[:alpha:]")]
    [InlineData("(?x) a", "(?x")]
    [InlineData("(?~ab)", "(?~")]
    [InlineData("(?i)ß", "(?i) for characters outside ASCII")]
    [InlineData("(?i:stop)", "(?i) for 'st'")]
    [InlineData(@"\x80", @"\x80")]
    [InlineData(@"\x{110000}", "110000")]
    [InlineData("a**", "'*'")]
    [InlineData("(?=a)*", "'*' after an assertion")]
    [InlineData("a{3}?", "optional interval")]
    [InlineData("a{1000}", "1,000")]
    [InlineData("a{3,2}", "ends before it starts")]
    [InlineData("(a", "')' that is missing")]
    [InlineData("a)", "unmatched ')'")]
    [InlineData("[a", "unexpected end")]
    [InlineData("[z-a]", "a range")]
    public void Construct_that_cannot_be_equal_is_refused_by_name(string expression, string named)
    {
        string message = Assert.Throws<NotSupportedException>(() => new ExpressionPattern(expression, "tokenizer.json")).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("'tokenizer.json'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_and_deeply_nested_expressions_are_refused()
    {
        Assert.Throws<NotSupportedException>(() => new ExpressionPattern(new string('a', 3_000), "tokenizer.json"));
        Assert.Throws<NotSupportedException>(() => new ExpressionPattern(new string('(', 900) + new string(')', 900), "tokenizer.json"));
        Assert.Throws<NotSupportedException>(
            () => new ExpressionPattern(new string('[', 900) + "a" + new string(']', 900), "tokenizer.json"));
    }

    [Fact]
    public void Expression_that_takes_too_long_is_stopped()
    {
        var pattern = new ExpressionPattern("(?:a|aa)+[bc]", "tokenizer.json", TimeSpan.FromMilliseconds(50));
        string message =
            Assert.Throws<InvalidDataException>(() => pattern.TryFind(new string('a', 100) + "d", 0, out _, out _)).Message;
        Assert.Contains("'(?:a|aa)+[bc]' in 'tokenizer.json'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pattern_of_Gpt2_as_an_expression_equals_the_one_by_hand()
    {
        var pattern = new ExpressionPattern(
            @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "tokenizer.json");
        Gen.OneOf(Gen.String, Gen.OneOf("a", " ", "'s", "'re", "\n", "7", "é", "🙂", "𝟘", "\u00a0", "!", "東").Array[0, 30]
            .Select(string.Concat)).Sample(text =>
        {
            string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // without half surrogate pairs
            int from = 0, last = -1, place = 0;
            while (pattern.Next(valid, ref from, ref last, out int start, out int end))
            {
                Assert.Equal(place, start);
                Assert.Equal(place = Gpt2Pattern.End(valid, start, blank: false), end);
            }
            Assert.Equal(valid.Length, place);
        });
    }

    [Fact]
    public void Empty_match_is_never_within_a_surrogate_pair()
    {
        var pattern = new ExpressionPattern("a*", "tokenizer.json");
        int from = 0, last = -1;
        var places = new List<(int, int)>();
        while (pattern.Next("🙂a🙂", ref from, ref last, out int start, out int end))
            places.Add((start, end));
        Assert.Equal([(0, 0), (2, 3), (5, 5)], places);
    }
}
