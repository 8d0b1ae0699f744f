using System.Buffers;
using CsCheck;
using Microsoft.ML.Tokenizers;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>What code that knows only <see cref="Tokenizer"/> sees.</summary>
public sealed class EcosystemTests
{
    private const string Text = "Héllo [MASK], unaffable wörld!";

    private readonly BertTokenizer _bert = Tokenizers.Shipped;

    private Tokenizer Tokenizer => _bert;

    [Fact]
    public void Tokens_ids_and_count_are_those_of_the_bare_text()
    {
        BertEncoding encoding = _bert.Encode(Text, options: new BertEncodeOptions { AddSpecialTokens = false });
        IReadOnlyList<EncodedToken> tokens = Tokenizer.EncodeToTokens(Text, out string? normalized);
        Assert.Null(normalized);
        Assert.Equal(encoding.Tokens, tokens.Select(t => t.Value));
        Assert.Equal(encoding.Ids, tokens.Select(t => t.Id));
        Assert.Equal(encoding.Offsets, tokens.Select(t => (t.Offset.Start.Value, t.Offset.End.Value)));
        Assert.Equal(encoding.Ids, Tokenizer.EncodeToIds(Text));
        Assert.Equal(encoding.Ids, Tokenizer.EncodeToIds(Text.AsSpan()));
        Assert.Equal(encoding.Length, Tokenizer.CountTokens(Text));
    }

    [Fact]
    public void Number_of_tokens_limits_ids_and_tells_how_far_the_text_was_read()
    {
        IReadOnlyList<EncodedToken> tokens = Tokenizer.EncodeToTokens(Text, out _);
        for (int count = 1; count <= tokens.Count; count++)
        {
            int end = count == tokens.Count ? Text.Length : tokens[count - 1].Offset.End.Value;
            Assert.Equal(tokens.Take(count).Select(t => t.Id), Tokenizer.EncodeToIds(Text, count, out _, out int consumed));
            Assert.Equal(end, consumed);
            Assert.Equal(end, Tokenizer.GetIndexByTokenCount(Text, count, out _, out int fitting));
            Assert.Equal(count, fitting);
            int start = count == tokens.Count ? 0 : tokens[^count].Offset.Start.Value;
            Assert.Equal(start, Tokenizer.GetIndexByTokenCountFromEnd(Text, count, out _, out fitting));
            Assert.Equal(count, fitting);
        }
        Assert.Equal(Text.Length, Tokenizer.GetIndexByTokenCount(Text, 1_000, out _, out _));
    }

    public static TheoryData<string> Kinds => TokenizerKinds.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_tokenizer_does_what_the_base_class_promises(string kind)
    {
        BertTokenizer bert = TokenizerKinds.Get(kind);
        Tokenizer tokenizer = bert;
        TokenizerPropertyTests.Texts.Sample(text =>
        {
            BertEncoding encoding = bert.Encode(text, options: new BertEncodeOptions { AddSpecialTokens = false });
            IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens(text, out _);
            Assert.Equal(encoding.Ids, tokens.Select(t => t.Id));
            Assert.Equal(encoding.Tokens, tokens.Select(t => t.Value));
            Assert.Equal(encoding.Offsets, tokens.Select(t => (t.Offset.Start.Value, t.Offset.End.Value)));
            Assert.Equal(encoding.Ids, tokenizer.EncodeToIds(text));
            Assert.Equal(encoding.Length, tokenizer.CountTokens(text));
            Assert.Equal(bert.Decode(encoding.Ids, skipSpecialTokens: false), tokenizer.Decode(encoding.Ids));
            for (int count = 1; count <= encoding.Length; count += 1 + encoding.Length / 8)
            {
                Assert.Equal(encoding.Ids.Take(count), tokenizer.EncodeToIds(text, count, out _, out int consumed));
                Assert.Equal(consumed, tokenizer.GetIndexByTokenCount(text, count, out _, out int fitting));
                Assert.Equal(count, fitting);
                Assert.InRange(tokenizer.GetIndexByTokenCountFromEnd(text, count, out _, out fitting), 0, text.Length);
                Assert.Equal(count, fitting);
            }
            Assert.All(tokenizer.PreTokenizer!.PreTokenize(text), word => Assert.InRange(word.Offset + word.Length, 0, text.Length));
        }, iter: 200);
    }

    [Fact]
    public void Normalization_and_cutting_into_words_can_be_left_out()
    {
        Assert.Equal(["[UNK]", "wide"], Tokenizer.EncodeToTokens("Wide wide", out _, considerNormalization: false).Select(t => t.Value));
        Assert.Equal(["wide"], Tokenizer.EncodeToTokens("Wide", out _, considerPreTokenization: false).Select(t => t.Value));
        Assert.Equal(["[UNK]"], Tokenizer.EncodeToTokens("wide wide", out _, considerPreTokenization: false).Select(t => t.Value));
        Assert.Empty(Tokenizer.EncodeToIds("", considerPreTokenization: false));
    }

    [Fact]
    public void Normalizer_and_pre_tokenizer_do_what_the_tokenizer_does()
    {
        Assert.Equal("hello world !", Tokenizer.Normalizer!.Normalize("Héllo\twörld !\u200b"));
        Assert.Equal([(0, 5), (6, 5), (11, 1)], Tokenizer.PreTokenizer!.PreTokenize("hello world!"));
    }

    [Fact]
    public void Decoding_into_a_span_stops_where_it_is_full()
    {
        IReadOnlyList<int> ids = Tokenizer.EncodeToIds("unaffable words");
        Assert.Equal("unaffable words", Tokenizer.Decode(ids));
        var destination = new char[9];
        Assert.Equal(OperationStatus.DestinationTooSmall, Tokenizer.Decode(ids, destination, out int consumed, out int written));
        Assert.Equal("unaffable", new string(destination, 0, written));
        Assert.Equal(ids.Count - 1, consumed);
        Assert.Equal(OperationStatus.Done, Tokenizer.Decode(ids, new char[15], out consumed, out _));
        Assert.Equal(ids.Count, consumed);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_with_a_remedy()
    {
        Refused(new BertEncodeOptions { MaxLength = 1 }, "AddSpecialTokens");
        Refused(new BertEncodeOptions { Padding = BertPadding.MaxLength }, "MaxLength");
        Refused(new BertEncodeOptions { MaxLength = 4, Stride = 2 }, "stride");
        Refused(new BertEncodeOptions { MaxLength = 4, Truncation = BertTruncation.OnlySecond }, "no second text");
        Refused(new BertEncodeOptions { Stride = -1 }, "negative");

        void Refused(BertEncodeOptions options, string said) =>
            Assert.Contains(said, Assert.Throws<ArgumentException>(() => _bert.Encode("one two three four five", options: options)).Message,
                StringComparison.Ordinal);
    }
}
