using System.Text;
using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>What must hold for any text in every kind of tokenizer. WordPiece has more in <see cref="TokenizerPropertyTests"/>.</summary>
public sealed class TokenizerKindTests
{
    private const int Texts = 300;

    // Two long texts in short rows have as many windows as the product of their lengths.
    private static readonly Gen<string> s_short = TokenizerPropertyTests.Texts.Select(text => text[..Math.Min(text.Length, 40)]);

    private static readonly BertEncodeOptions s_bare = new() { AddSpecialTokens = false };

    public static TheoryData<string> Kinds => TokenizerKinds.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Offsets_ascend_stay_in_the_text_and_never_cut_a_surrogate_pair(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        TokenizerPropertyTests.Texts.Sample(text =>
        {
            int before = 0;
            foreach ((int start, int end) in tokenizer.Encode(text, options: s_bare).Offsets)
            {
                Assert.InRange(start, before, text.Length);
                Assert.InRange(end, start, text.Length);
                Assert.False(start > 0 && start < text.Length && char.IsSurrogatePair(text[start - 1], text[start]));
                Assert.False(end > 0 && end < text.Length && char.IsSurrogatePair(text[end - 1], text[end]));
                before = start;
            }
        }, iter: Texts);
    }

    // HuggingFace trims the spaces of byte-level tokens from their offsets; the characters remain.
    [Theory]
    [InlineData("byte BPE")]
    [InlineData("byte BPE after Split")]
    public void Byte_level_token_is_a_part_of_the_bytes_of_its_slice(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        TokenizerPropertyTests.Texts.Sample(text =>
        {
            BertEncoding encoding = tokenizer.Encode(text, options: s_bare);
            for (int i = 0; i < encoding.Length; i++)
            {
                (int start, int end) = encoding.Offsets[i];
                string token = encoding.Tokens[i];
                byte[] bytes = encoding.Ids[i] < 5 ? Encoding.UTF8.GetBytes(token.Trim())
                    : [.. token.Select(c => MLNet.Tokenization.ByteAlphabet.TryGetByte(c, out byte value) ? value : (byte)0)];
                ReadOnlySpan<byte> trimmed = bytes.AsSpan().Trim(" \t\r\n\f\v"u8);
                Assert.True(Encoding.UTF8.GetBytes(text[start..end]).AsSpan().IndexOf(trimmed) >= 0, $"'{token}' in '{text[start..end]}'");
            }
        }, iter: Texts);
    }

    [Fact]
    public void Unigram_piece_is_the_normalized_form_of_its_slice()
    {
        BertTokenizer tokenizer = TokenizerKinds.Get("Unigram");
        Gen<string> texts = Gen.OneOf("the", "unaffable", " ", "  ", "x", "ﬁ", "Ａ", "東", "don't", "!", "\u2460").Array[0, 20]
            .Select(string.Concat);
        texts.Sample(text =>
        {
            BertEncoding encoding = tokenizer.Encode(text, options: s_bare);
            for (int i = 0; i < encoding.Length; i++)
            {
                (int start, int end) = encoding.Offsets[i];
                string slice = text[start..end].Normalize(NormalizationForm.FormKC).Replace(' ', '▁');
                // Several letters can be made of one, so that a piece is a part of them; and the first mark is not in the text.
                if (encoding.Ids[i] != tokenizer.UnknownTokenId)
                    Assert.Contains(encoding.Tokens[i].TrimStart('▁'), slice, StringComparison.Ordinal);
            }
        }, iter: Texts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Lean_row_equals_the_full_encoding(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        Gen.Select(s_short, s_short.Null(), Gen.Int[12, 60]).Sample((text, pair, length) =>
        {
            BertEncoding encoding = tokenizer.Encode(text, pair, new BertEncodeOptions { MaxLength = length });
            var row = new List<int>();
            tokenizer.EncodeTo(text, pair, pair is not null, length, BertTruncation.LongestFirst, row, out int pairStart);
            Assert.Equal(encoding.Ids, row);
            Assert.Equal(encoding.TypeIds, row.Select((_, i) => i < pairStart ? 0 : 1));
            Assert.InRange(encoding.Length, 0, length);
        }, iter: Texts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Windows_with_a_stride_show_every_token_in_order(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        Gen.Select(TokenizerPropertyTests.Texts, Gen.Int[5, 30], Gen.Int[0, 2]).Sample((text, length, stride) =>
        {
            BertEncoding first = tokenizer.Encode(text, options: s_bare with { MaxLength = length, Stride = stride });
            IEnumerable<int> joined = first.Overflowing.Prepend(first).Select(window => window.Ids.AsEnumerable())
                .Aggregate((done, window) => done.Concat(window.Skip(stride)));
            Assert.Equal(tokenizer.Encode(text, options: s_bare).Ids, joined);
        }, iter: Texts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parts_of_a_long_text_have_the_tokens_of_the_whole(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        string sentence = "the unaffable don't 東京 🙂 e\u0301! ", text = string.Concat(Enumerable.Repeat(sentence, 400));
        IReadOnlyList<int> all = tokenizer.Encode(text, options: s_bare).Ids;
        var row = new List<int>();
        tokenizer.EncodeTo(text, "", hasPair: false, 100, BertTruncation.LongestFirst, row, out _);
        Assert.Equal(all.Take(90), row.SkipWhile(id => id == tokenizer.ClsTokenId).Take(90));
        Assert.Equal(all.Count, tokenizer.CountTokens(text));
    }
}
