namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Every row of the reference, made by HuggingFace's Rust tokenizers, in every list that it has.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData("single-uncased.jsonl")]
    [InlineData("single-cased.jsonl")]
    [InlineData("single-chinese.jsonl")]
    [InlineData("single-multilingual-cased.jsonl")]
    [InlineData("options.jsonl")]
    [InlineData("pair.jsonl")]
    [InlineData("mpnet.jsonl")]
    [InlineData("electra.jsonl")]
    [InlineData("byte-bpe.jsonl")]
    [InlineData("modernbert.jsonl")]
    [InlineData("unigram.jsonl")]
    [InlineData("albert.jsonl")]
    [InlineData("deberta.jsonl")]
    [InlineData("lone-surrogate.jsonl")]
    [InlineData("truncation.jsonl")]
    [InlineData("stride.jsonl")]
    [InlineData("padding.jsonl")]
    public void Encoding_equals_the_reference_row_by_row(string file) => Check(file, row =>
    {
        BertEncoding Encode() => row.Tokenizer().Encode(row.Text, row.Pair, row.EncodeOptions());
        // Where special tokens alone are too long, the Rust code reckons on with a negative number and cuts nothing; here it is refused.
        if (row.Error is not null || row.Option<int?>("max_length") < row.Tokenizer().Row.SpecialTokens(row.Pair is not null))
        {
            Assert.Throws<ArgumentException>(Encode);
            return;
        }
        BertEncoding actual = Encode();
        AssertEqual(row.Expected, actual);
        ReferenceEncoding[] overflow = [.. row.Overflow];
        // Only the rows with a stride list what overflows.
        if (overflow.Length == 0)
            return;
        Assert.Equal(overflow.Length, actual.Overflowing.Count);
        foreach ((ReferenceEncoding expected, BertEncoding window) in overflow.Zip(actual.Overflowing))
            AssertEqual(expected, window);
    });

    [Theory]
    [InlineData("single-uncased.jsonl")]
    [InlineData("single-multilingual-cased.jsonl")]
    [InlineData("pair.jsonl")]
    [InlineData("mpnet.jsonl")]
    [InlineData("electra.jsonl")]
    [InlineData("byte-bpe.jsonl")]
    [InlineData("modernbert.jsonl")]
    [InlineData("unigram.jsonl")]
    [InlineData("albert.jsonl")]
    [InlineData("deberta.jsonl")]
    [InlineData("truncation.jsonl")]
    public void Lean_rows_equal_the_reference(string file) => Check(file, row =>
    {
        BertEncodeOptions options = row.EncodeOptions();
        if (!options.AddSpecialTokens || options.MaxLength < row.Tokenizer().Row.SpecialTokens(row.Pair is not null))
            return;
        var ids = new List<int> { -1 };
        int pairStart = 0;
        int Encode() => row.Tokenizer()
            .EncodeTo(row.Text, row.Pair, row.Pair is not null, options.MaxLength ?? int.MaxValue, options.Truncation, ids, out pairStart);
        if (row.Error is not null)
        {
            Assert.Throws<ArgumentException>(() => Encode());
            return;
        }
        Assert.Equal(row.Expected.Ids.Length, Encode());
        Assert.Equal([-1, .. row.Expected.Ids], ids);
        int types = Array.IndexOf(row.Expected.TypeIds, 1);
        Assert.Equal(types < 0 ? row.Expected.Ids.Length : types, pairStart);
    });

    [Theory]
    [InlineData("single-uncased.jsonl")]
    [InlineData("single-cased.jsonl")]
    [InlineData("single-chinese.jsonl")]
    [InlineData("single-multilingual-cased.jsonl")]
    [InlineData("options.jsonl")]
    [InlineData("lone-surrogate.jsonl")]
    [InlineData("mpnet.jsonl")]
    [InlineData("electra.jsonl")]
    [InlineData("byte-bpe.jsonl")]
    [InlineData("modernbert.jsonl")]
    [InlineData("unigram.jsonl")]
    [InlineData("albert.jsonl")]
    [InlineData("deberta.jsonl")]
    public void Decoded_text_equals_the_reference(string file) => Check(file, row =>
    {
        if (row.Decoded is { } decoded)
            Assert.Equal(decoded, row.Tokenizer().Decode(row.Expected.Ids, skipSpecialTokens: true));
    });

    [Fact]
    public void Padding_to_the_longest_equals_the_reference_batches()
    {
        ReferenceRow[] rows = [.. ReferenceRow.Read("padding.jsonl")];
        foreach (IGrouping<string, ReferenceRow> batch in rows.Where(row => row.Option<string>("truncation") is null)
            .GroupBy(row => row.Option<string>("batch")!))
        {
            ReferenceRow first = batch.First();
            BertEncodeOptions options = first.EncodeOptions() with { Padding = BertPadding.Longest, MaxLength = null };
            IReadOnlyList<BertEncoding> actual =
                first.Tokenizer().EncodeBatch([.. batch.Select(row => row.Text)], [.. batch.Select(row => row.Pair)], options);
            int longest = batch.Max(row => row.Expected.AttentionMask.Sum());
            foreach ((ReferenceRow row, BertEncoding encoding) in batch.Zip(actual))
            {
                Assert.Equal(longest, encoding.Length);
                Assert.Equal(Real(row.Expected.Ids, row.Expected.AttentionMask), Real(encoding.Ids, encoding.AttentionMask));
            }
        }

        static IEnumerable<int> Real(IEnumerable<int> ids, IEnumerable<int> mask) =>
            ids.Zip(mask).Where(t => t.Second == 1).Select(t => t.First);
    }

    private static void AssertEqual(ReferenceEncoding expected, BertEncoding actual)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.TypeIds, actual.TypeIds);
        Assert.Equal(expected.AttentionMask, actual.AttentionMask);
        Assert.Equal(expected.Offsets, actual.Offsets);
    }

    private static void Check(string file, Action<ReferenceRow> check)
    {
        var wrong = new List<string>();
        foreach (ReferenceRow row in ReferenceRow.Read(file))
        {
            try
            {
                check(row);
            }
            catch (Exception exception) when (exception is Xunit.Sdk.XunitException or ArgumentException)
            {
                wrong.Add($"{row.Id}: {exception.Message}");
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} rows are wrong\n" + string.Join('\n', wrong.Take(10)));
    }
}
