using System.IO.Compression;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Unigram tokenizers that are learned from text, as a whole.</summary>
public sealed class UnigramTrainingTests : IDisposable
{
    private static readonly string[] s_text =
    [
        "low lower lowest, the newest and the widest!", "Ein Mädchen läuft; ein Hund läuft auch.", "banana bananas bandana ban",
        "日本語 日本 🙂🙂 🙂", "the lower the newer", "the lowest and the widest of the newest",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saved_tokenizer_gives_texts_of_known_characters_back()
    {
        BertTokenizer trained = Train(s_text, new() { VocabSize = 70 });
        trained.Save(_folder.Path);
        BertTokenizer loaded = BertTokenizer.FromPretrained(_folder.Path);
        foreach (string text in s_text.Append("der Hund und der Mann").Append("🙂 語 low"))
        {
            BertEncoding encoding = loaded.Encode(text, pair: "low");
            Assert.Equal(trained.Encode(text, "low").Ids, encoding.Ids);
            Assert.Equal("<s>", encoding.Tokens[0]);
            Assert.Equal(text, loaded.Decode(loaded.Encode(text).Ids, skipSpecialTokens: true));
        }
    }

    [Fact]
    public void Vocabulary_has_the_layout_of_xlm_r_and_all_characters_as_pieces()
    {
        BertTokenizer tokenizer = Train(s_text, new() { VocabSize = 70 });
        Assert.Equal(["<s>", "<pad>", "</s>", "<unk>"], Enumerable.Range(0, 4).Select(id => tokenizer.Vocabulary[id]));
        Assert.Equal(("<mask>", tokenizer.Vocabulary.Size - 1), (tokenizer.Vocabulary[tokenizer.MaskTokenId], tokenizer.MaskTokenId));
        Assert.InRange(tokenizer.Vocabulary.Size, 50, 70);
        foreach (var rune in string.Concat(s_text).Replace(' ', '▁').EnumerateRunes())
            Assert.True(tokenizer.Vocabulary.TryGetId(rune.ToString(), out _), rune.ToString());
        Assert.True(tokenizer.Vocabulary.TryGetId("▁the", out _));
        Assert.Equal(["<s>", "▁the", "</s>", "</s>", "▁the", "</s>"], tokenizer.Encode("the", "the").Tokens);
    }

    [Fact]
    public void Text_is_normalized_before_it_is_learned()
    {
        BertTokenizer tokenizer = Train(["ﬁre  ﬁre\tﬁre\u200B ﬁ\u0007re  "], new() { VocabSize = 12 });
        BertEncoding encoding = tokenizer.Encode("fire ﬁre\n\nfire\u3000fire ", options: new() { AddSpecialTokens = false });
        Assert.Equal(["▁fire", "▁fire", "▁fire", "▁fire"], encoding.Tokens);
    }

    [Fact]
    public void Letters_are_not_joined_with_other_characters()
    {
        BertTokenizer tokenizer = Train(Enumerable.Repeat("it's 1,000 e\u0301e\u0301 (but) 3rd", 20), new() { VocabSize = 60 });
        Assert.Equal(
            ["▁it", "'", "s", "▁1,000", "▁éé", "▁(", "but", ")", "▁3", "rd"],
            tokenizer.Encode("it's 1,000 éé (but) 3rd", options: new() { AddSpecialTokens = false }).Tokens);
    }

    [Fact]
    public void Rare_characters_beyond_the_limit_become_unknown()
    {
        BertTokenizer tokenizer = Train(["aaa bbb aab xaa abé"], new() { VocabSize = 20, LimitAlphabet = 3 });
        Assert.Equal(["a", "b", "▁"], tokenizer.Vocabulary.Ids.Keys.Where(token => token.Length == 1).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(tokenizer.Vocabulary.Ids.Keys, token => token.Contains('x') || token.Contains('é'));
        Assert.Contains(tokenizer.UnknownTokenId, tokenizer.Encode("axb").Ids);
    }

    [Fact]
    public void Pieces_have_at_most_the_maximum_length()
    {
        BertTokenizer tokenizer = Train(s_text, new() { VocabSize = 200, MaxPieceLength = 3 });
        Assert.Equal(3, Enumerable.Range(4, tokenizer.Vocabulary.Size - 5).Max(id => tokenizer.Vocabulary[id]!.EnumerateRunes().Count()));
    }

    [Fact]
    public void Files_do_not_depend_on_threads_or_on_the_order_of_lines()
    {
        string[] lines = [.. Enumerable.Range(0, 5_000).Select(i => $"line {i * 7919 % 5_000} of words{i % 17} and {s_text[i % 6]}")];
        Train(lines, new() { VocabSize = 200, NumberOfThreads = 1 }).Save(_folder["one"]);
        Train(lines, new() { VocabSize = 200, NumberOfThreads = 2 }).Save(_folder["two"]);
        Train(lines.Reverse(), new() { VocabSize = 200 }).Save(_folder["reversed"]);
        foreach (string file in Directory.GetFiles(_folder["one"]).Select(Path.GetFileName)!)
        {
            byte[] expected = File.ReadAllBytes(Path.Combine(_folder["one"], file));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_folder["two"], file)));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_folder["reversed"], file)));
        }
    }

    /// <summary>SentencePiece 0.1.97 with as many pieces of the same text needs 1.3483 tokens per word.</summary>
    [Fact]
    public void German_captions_need_as_few_tokens_as_with_sentencepiece()
    {
        IEnumerable<string> captions = Lines(Shared.Folder("datasets", "multi30k", "train.de.gz"));
        BertTokenizer tokenizer = Train(captions, new() { VocabSize = 8_000 });
        string[] held = [.. Lines(Shared.Folder("datasets", "multi30k", "val.de.gz")).Where(line => line.Length > 0)];
        double tokens = held.Sum(line => tokenizer.Encode(line, options: new() { AddSpecialTokens = false }).Ids.Count);
        double words = held.Sum(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.InRange(tokens / words, 1, 1.3483);
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_by_name()
    {
        Assert.StartsWith("The text contains no words", Assert.Throws<InvalidDataException>(() => Train(["", "\u200B"], new())).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            "A vocabulary of 7 tokens is too small for the special tokens and the 3 characters of this text, which are 8 tokens. " +
            "Use a larger vocabulary size or a smaller alphabet limit.",
            Assert.Throws<ArgumentException>(() => Train(["ab"], new() { VocabSize = 7 })).Message);
        foreach ((BertUnigramTrainingOptions options, string message) in new (BertUnigramTrainingOptions, string)[]
        {
            (new() { VocabSize = 0 }, "VocabSize is 0; it must be from 1 to 500000."),
            (new() { LimitAlphabet = 0 }, "LimitAlphabet is 0; it must be at least 1."),
            (new() { MaxPieceLength = 0 }, "MaxPieceLength is 0; it must be from 1 to 255."),
            (new() { SeedSize = 0 }, "SeedSize is 0; it must be from 1 to 10000000."),
            (new() { ShrinkingFactor = 1 }, "ShrinkingFactor is 1; it must be above 0 and less than 1."),
            (new() { NumSubIterations = 0 }, "NumSubIterations is 0; it must be at least 1."),
        })
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => Train(s_text, options)).Message,
                StringComparison.Ordinal);
        }
    }

    private static BertTokenizer Train(IEnumerable<string> text, BertUnigramTrainingOptions options) =>
        BertTokenizer.TrainUnigram(text, options, TestContext.Current.CancellationToken);

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
