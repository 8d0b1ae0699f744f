using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>All of Unicode, by the digests in <c>CodePointDigests.txt</c>.</summary>
public sealed class CodePointTests
{
    private const int Block = 0x2000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_code_point_equals_the_reference(int line)
    {
        string[] sides = File.ReadLines(Digests()).Where(l => !l.StartsWith('#')).ElementAt(line).Split(": ");
        string[] setting = sides[0].Split(' ');
        BertTokenizer tokenizer = Tokenizers.Get(setting[0], new BertTokenizerOptions
        {
            DoLowerCase = setting[1] == "true",
            StripAccents = setting[2] == "null" ? null : setting[2] == "true",
            TokenizeChineseChars = setting[3] == "true",
        });
        string[] expected = sides[1].Split(' ');
        string[] actual = new string[expected.Length];
        Parallel.For(0, expected.Length, block => actual[block] = Digest(tokenizer, block * Block));
        Assert.Equal([], Enumerable.Range(0, expected.Length).Where(i => expected[i] != actual[i])
            .Select(i => $"U+{i * Block:X4} to U+{(i + 1) * Block - 1:X4}"));
    }

    // Expected strings made with crate tokenizers 0.23.2.
    [Theory]
    [InlineData("x\ud834\udd6d\ud834\udd65", "x\ud834\udd65\ud834\udd6d")]
    [InlineData("\u302e\ud834\udd65\u0323\u302fy", "\ud834\udd65\u302e\u302fy")]
    [InlineData("\ud834\udd5e\ud834\udd6d\ud834\udd66", "\ud834\udd57\ud834\udd65\ud834\udd66\ud834\udd6d")]
    [InlineData("\u00c9\u302e\u0301\ud834\udd65", "e\ud834\udd65\u302e")]
    [InlineData("\u4e2d\u302e\ud834\udd65\u200d\ud834\udd72", " \u4e2d \ud834\udd65\ud834\udd72\u302e")]
    [InlineData("\ud83a\udd44\ud83a\udd4a\u1b44z", "\ud83a\udd4a\u1b44\ud83a\udd44z")]
    public void Marks_that_stay_are_put_in_canonical_order(string text, string expected) =>
        Assert.Equal(expected, Tokenizers.Uncased.Normalizer.Normalize(text));

    private static string Digest(BertTokenizer tokenizer, int first)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var row = new List<int>();
        for (int c = first; c < first + Block; c++)
        {
            if (c is >= 0xD800 and < 0xE000)
                continue;
            string x = char.ConvertFromUtf32(c);
            row.Clear();
            tokenizer.EncodeTo($"a{x}b {x} {x}\u0301{x}", default, hasPair: false, int.MaxValue, BertTruncation.None, row, out _);
            hash.AppendData(Encoding.ASCII.GetBytes(string.Join(' ', row) + "\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];
    }

    private static string Digests([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "CodePointDigests.txt");
}
