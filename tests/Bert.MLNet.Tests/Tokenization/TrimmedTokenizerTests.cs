using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

public sealed class TrimmedTokenizerTests
{
    [Theory, MemberData(nameof(TokenizerKinds.Names), MemberType = typeof(TokenizerKinds))]
    public void Any_corpus_has_the_same_tokens_as_before(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind);
        TokenizerPropertyTests.Texts.Array[1, 8].Sample(texts =>
        {
            BertTokenizer trimmed = Trim(tokenizer, [.. texts, "x"]);
            foreach (string text in texts)
            {
                Assert.Equal(tokenizer.Encode(text).Tokens, trimmed.Encode(text).Tokens);
                Assert.Equal(tokenizer.Encode(text).Offsets, trimmed.Encode(text).Offsets);
            }
        }, iter: 20);
    }

    [Theory, MemberData(nameof(TokenizerKinds.Names), MemberType = typeof(TokenizerKinds))]
    public void Tokens_of_other_texts_spell_the_same_characters(string kind)
    {
        BertTokenizer tokenizer = TokenizerKinds.Get(kind), trimmed = Trim(tokenizer, ["x"]);
        Assert.InRange(trimmed.Vocabulary.Ids.Count, 1, tokenizer.Vocabulary.Ids.Count);
        // Of most letters, that vocabulary has no piece.
        string[] texts = kind == "MPNet" ? ["x xx xxx"] : ["unaffable", "the don't ing", "able un aff"];
        Assert.All(texts, text => Assert.Equal(Spelled(tokenizer, text), Spelled(trimmed, text)));

        static string Spelled(BertTokenizer tokenizer, string text) =>
            tokenizer.Decode(tokenizer.Encode(text).Ids, skipSpecialTokens: true).Replace(" ", "", StringComparison.Ordinal);
    }

    /// <summary>A longer piece at the start of an unknown word keeps shorter ones from matching the word.</summary>
    [Fact]
    public void Unknown_words_stay_unknown()
    {
        BertTokenizer tokenizer = BertTokenizer.Create(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ab", "a", "b", "##bc"]);
        Assert.Equal(["[CLS]", "[UNK]", "a", "[SEP]"], Trim(tokenizer, ["abc a"]).Encode("abc a").Tokens);
        Assert.Equal(["[CLS]", "a", "##bc", "[SEP]"], tokenizer.Keep([0, 1, 2, 3, 4, 6, 7, 8], "BertTokenizer").Encode("abc").Tokens);
    }

    private static BertTokenizer Trim(BertTokenizer tokenizer, string[] texts)
    {
        long[] counts = tokenizer.CountPieces(texts, threads: 1, default);
        return tokenizer.Keep(
            [.. tokenizer.RequiredIds().Concat(Enumerable.Range(0, counts.Length).Where(id => counts[id] > 0)).Distinct().Order()],
            "BertTokenizer");
    }
}
