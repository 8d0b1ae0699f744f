using System.Globalization;
using Bert.MLNet.Tokenization;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>The normalizer Nmt, compared with HuggingFace's tokenizers 0.23.2.</summary>
public sealed class NmtTests
{
    private const string Removed = "1 2 3 4 5 6 7 8 b e f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 7f 8f 9f";
    private const string Spaces = "9 a c d 1680 200b 200c 200d 200e 200f 2028 2029 2581 feff fffd";

    [Fact]
    public void Same_characters_are_removed_or_become_spaces()
    {
        ILookup<string, int> changed = Enumerable.Range(1, 0xFFFF).Where(c => c is < 0xD800 or > 0xDFFF)
            .Select(c => (Before: (char)c, After: Normalize($"{(char)c}").Text))
            .Where(result => result.After != $"{result.Before}").ToLookup(result => result.After, result => (int)result.Before);
        Assert.Equal(["", " "], changed.Select(g => g.Key).Order());
        Assert.Equal(Removed, string.Join(' ', changed[""].Select(c => c.ToString("x", CultureInfo.InvariantCulture))));
        Assert.Equal(Spaces, string.Join(' ', changed[" "].Select(c => c.ToString("x", CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("a\tb\u200Ba", "a b a", "0-1 1-2 2-3 3-4 4-5")]
    [InlineData("\u0007a\bb\v", "ab", "1-2 3-4")]
    [InlineData("\u0001\u001F", "", "")]
    [InlineData("é\u2581b\uFEFF\u007Fa", "é b a", "0-1 1-2 2-3 3-4 5-6")]
    [InlineData("🙂\u0007🙂", "🙂🙂", "0-2 0-2 3-5 3-5")]
    public void Remaining_characters_keep_their_sources(string text, string normalized, string sources) =>
        Assert.Equal((normalized, sources), Normalize(text));

    private static (string Text, string Sources) Normalize(string text)
    {
        var normalized = new NormalizedText(text.Length, aligned: true);
        new NormalizerChain(Nmt.Instance).Normalize(text, 0, ref normalized);
        var sources = Enumerable.Range(0, normalized.Length).Select(i => $"{normalized.StartOf(i)}-{normalized.EndOf(i)}");
        (string, string) result = (normalized.Span.ToString(), string.Join(' ', sources));
        normalized.Dispose();
        return result;
    }
}
