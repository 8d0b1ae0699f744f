using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>What must hold for any text, lone surrogates, marks and special tokens included.</summary>
public sealed class TokenizerPropertyTests
{
    private static readonly BertTokenizer s_tokenizer = Tokenizers.Shipped;

    /// <summary>Texts with everything that tokenizers treat in a special way.</summary>
    internal static Gen<string> Texts => s_text;

    private static readonly Gen<string> s_piece = Gen.OneOf(
        Gen.Char.Array[0, 4].Select(c => new string(c)),
        Gen.Int[0, 0x10FFFF].Select(c => c is >= 0xD800 and < 0xE000 ? ((char)c).ToString() : char.ConvertFromUtf32(c)),
        Gen.OneOf("unaffable", " ", "  ", "\n", "[MASK]", "[SEP]", "##ing", "don't", "Ångström", "e\u0301", "ﬁ", "東京", "한국어", "🙂",
            "\u1D165\u0323", "İ", "x.y/z", "\u200d"),
        Gen.Int[90, 110].Select(n => new string('x', n)));

    private static readonly Gen<string> s_text = s_piece.Array[0, 20].Select(string.Concat);

    [Fact]
    public void Offsets_ascend_stay_in_the_text_and_never_cut_a_surrogate_pair() => s_text.Sample(text =>
    {
        BertEncoding encoding = s_tokenizer.Encode(text);
        int before = 0;
        foreach ((int start, int end) in encoding.Offsets.Take(1..^1))
        {
            Assert.InRange(start, before, text.Length);
            Assert.InRange(end, start + 1, text.Length);
            Assert.False(start > 0 && char.IsSurrogatePair(text[start - 1], text[start]));
            Assert.False(end < text.Length && char.IsSurrogatePair(text[end - 1], text[end]));
            before = start;
        }
    });

    [Fact]
    public void Slice_of_the_text_under_a_word_gives_the_tokens_of_the_word() => s_text.Sample(text =>
    {
        BertEncoding encoding = s_tokenizer.Encode(text);
        foreach (IGrouping<int?, int> word in Enumerable.Range(0, encoding.Length).Where(i => encoding.WordIds[i] is not null)
            .GroupBy(i => encoding.WordIds[i]))
        {
            string slice = text[encoding.Offsets[word.First()].Start..encoding.Offsets[word.Last()].End];
            Assert.Equal(word.Select(i => encoding.Ids[i]), s_tokenizer.Encode(slice).Ids.Skip(1).SkipLast(1));
        }
    });

    [Fact]
    public void Lean_row_equals_the_full_encoding() =>
        Gen.Select(s_text, s_text.Null(), Gen.Int[3, 40], Gen.OneOf(BertTruncation.LongestFirst, BertTruncation.None))
        .Sample((text, pair, length, truncation) =>
        {
            BertEncoding encoding = s_tokenizer.Encode(text, pair, new BertEncodeOptions { MaxLength = length, Truncation = truncation });
            var row = new List<int>();
            s_tokenizer.EncodeTo(text, pair, pair is not null, length, truncation, row, out int pairStart);
            Assert.Equal(encoding.Ids, row);
            Assert.Equal(encoding.TypeIds, row.Select((_, i) => i < pairStart ? 0 : 1));
        });

    [Fact]
    public void Padding_changes_nothing_but_the_padding() => Gen.Select(s_text.Array[1, 6], Gen.Bool).Sample((texts, left) =>
    {
        var options = new BertEncodeOptions
        {
            Padding = BertPadding.Longest,
            PaddingSide = left ? BertPaddingSide.Left : BertPaddingSide.Right,
            PadToMultipleOf = 8,
        };
        IReadOnlyList<BertEncoding> batch = s_tokenizer.EncodeBatch(texts, options: options);
        foreach ((string text, BertEncoding padded) in texts.Zip(batch))
        {
            BertEncoding alone = s_tokenizer.Encode(text);
            int length = batch.Max(b => b.AttentionMask.Sum());
            Assert.Equal((length + 7) / 8 * 8, padded.Length);
            int at = left ? padded.Length - alone.Length : 0;
            Assert.Equal(alone.Ids, padded.Ids.Skip(at).Take(alone.Length));
            Assert.Equal(alone.Offsets, padded.Offsets.Skip(at).Take(alone.Length));
            Assert.Equal(alone.Length, padded.AttentionMask.Sum());
            Assert.All(Enumerable.Range(0, padded.Length).Where(i => padded.AttentionMask[i] == 0),
                i => Assert.Equal((0, 1), (padded.Ids[i], padded.SpecialTokensMask[i])));
        }
    });

    [Fact]
    public void Windows_with_a_stride_show_every_token_in_order() =>
        Gen.Select(s_text, Gen.Int[5, 30], Gen.Int[0, 2], Gen.Bool).Sample((text, length, stride, left) =>
    {
        int[] all = [.. s_tokenizer.Encode(text).Ids.Skip(1).SkipLast(1)];
        var options = new BertEncodeOptions
        {
            MaxLength = length,
            Stride = stride,
            TruncationSide = left ? BertTruncationSide.Left : BertTruncationSide.Right,
        };
        BertEncoding first = s_tokenizer.Encode(text, options: options);
        IEnumerable<IEnumerable<int>> windows = first.Overflowing.Prepend(first).Select(window => window.Ids.Skip(1).SkipLast(1));
        IEnumerable<int> joined = left
            ? windows.Aggregate((done, window) => window.Concat(done.Skip(stride)))
            : windows.Aggregate((done, window) => done.Concat(window.Skip(stride)));
        Assert.Equal(all, joined);
    });

    [Fact]
    public void Decoded_text_encodes_to_the_same_tokens() =>
        Gen.OneOf("the", "unaffable", "quickly", "running", "zürich", "tokyo", "2024", "antidisestablishmentarianism").Array[1, 12]
            .Sample(words =>
    {
        IReadOnlyList<int> ids = s_tokenizer.Encode(string.Join(' ', words)).Ids;
        Assert.Equal(ids, s_tokenizer.Encode(s_tokenizer.Decode(ids, skipSpecialTokens: true)).Ids);
    });

    [Fact]
    public void Long_text_has_the_tokens_of_its_parts()
    {
        string[] sentences = [.. Enumerable.Range(0, 2_000).Select(i => $"Sentence {i}: naïve Ångström 東京 [MASK] e\u0301!")];
        IEnumerable<int> parts = sentences.SelectMany(s => s_tokenizer.Encode(s).Ids.Skip(1).SkipLast(1));
        Assert.Equal(parts, s_tokenizer.Encode(string.Join(' ', sentences)).Ids.Skip(1).SkipLast(1));
        string word = new('x', 100_000);
        Assert.Equal([s_tokenizer.UnknownTokenId], s_tokenizer.EncodeToIds(word));
    }

    [Fact]
    public void Threads_share_one_tokenizer()
    {
        string[] texts = [.. ReferenceRow.Read("single-uncased.jsonl").Select(row => row.Text)];
        int[][] expected = [.. texts.Select(text => s_tokenizer.Encode(text).Ids.ToArray())];
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < texts.Length; i++)
                Assert.Equal(expected[i], s_tokenizer.Encode(texts[i]).Ids);
        });
    }

    [Fact]
    public void Lean_rows_leave_no_garbage()
    {
        string text = "The naïve tokenizer of São Paulo, 東京 & 서울: it's 🙂 [MASK] antidisestablishmentarianism.";
        BertTokenizer tokenizer = s_tokenizer;
        var row = new List<int>(128);
        for (int i = 0; i < 100; i++)
            Encode();
        Assert.Equal(0, Garbage.Of(1_000, Encode));

        void Encode()
        {
            row.Clear();
            tokenizer.EncodeTo(text, text, true, 64, BertTruncation.LongestFirst, row, out _);
        }
    }
}
