using System.Security.Cryptography;
using System.Text;
using Bert.MLNet.Tokenization;
using CsCheck;

namespace Bert.MLNet.Tests.Tokenization;

public sealed class ByteBpeTrainingTests : IDisposable
{
    private static readonly string[] s_text =
    [
        "low lower lowest, the newest and the widest!", "Ein Mädchen läuft; ein Hund läuft auch.", "aaaa aaa aaaaaaa banana bananas",
        "日本語 日本 🙂🙂 🙂", "it's they're  two  spaces\tand a tab",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The merges of HuggingFace's tokenizers 0.23.2, trained on the same text with the default options.
    [Theory]
    [InlineData(1, "a b", 40, 236, "a b|a a|b b|ab b", "a3405adfd5ad4ffec70e839cdc7faf326f79b58d97a08bdad7264b5851918241")]
    [InlineData(2, "a b c", 60, 497, "c c|a b|c b|a a", "99b85926e60e33c1a3009156f9ae02a25be575ebb156c498b8e5e733c939a516")]
    [InlineData(3, "a ä 日 's 1", 60, 198, "Ã ¤|æ Ĺ|æĹ ¥|' s", "824f6d1736fc6d18a99bb1fa0b09959b9945af56d951ebef3e75e49848d75f92")]
    [InlineData(4, "a", 30, 17, "a a|aa aa|Ġ aaaa|aa a", "27bf8a1a69b1ebcdbb16e47dfca94297edd7defde8bb9d5f284775dbcf59ea5a")]
    [InlineData(5, "a a a b !", 80, 165, "a a|a b|Ġ aa|Ġ !", "c84dd5cd26ac18edfb109dc83010300a73c94b0d6a70d74bae64a7e46259d4a0")]
    public void Merges_are_those_of_the_rust_code(uint seed, string letters, int lines, int count, string first, string digest)
    {
        BertTokenizer tokenizer = Train(RandomText(seed, letters.Split(' '), lines), new() { MinFrequency = 0 });
        tokenizer.Save(_folder.Path);
        string[] merges = [.. File.ReadLines(_folder["merges.txt"]).Skip(1)];
        Assert.Equal((count, first), (merges.Length, string.Join('|', merges.Take(4))));
        byte[] lineByLine = Encoding.UTF8.GetBytes(string.Concat(merges.Select(merge => merge + "\n")));
        Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(lineByLine)));
    }

    [Theory]
    [InlineData(0, int.MaxValue, 100)]
    [InlineData(2, int.MaxValue, 100)]
    [InlineData(4, int.MaxValue, 30)]
    [InlineData(1, 4, 100)]
    [InlineData(1, 1, 100)]
    public void Merges_equal_those_of_counting_all_pairs_again_at_each_step(int minimumCount, int maxLength, int merges) =>
        Gen.Select(Gen.OneOf("a", "b", "c").Array[1, 9].Select(string.Concat), Gen.Int[1, 5]).Array[1, 12].Sample(parts =>
        {
            Dictionary<string, long> words = parts.GroupBy(part => part.Item1).ToDictionary(g => g.Key, g => g.Sum(p => (long)p.Item2));
            var trainer = new BpeTrainer(prefix: "", maxLength);
            foreach (string letter in (string[])["a", "b", "c"])
                trainer.Add(letter);
            trainer.Train(words, 3 + merges, minimumCount, CancellationToken.None);
            Assert.Equal(TrainNaively(words, minimumCount, maxLength, merges), trainer.Merges);
        }, iter: 200);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Saved_tokenizer_gives_every_text_back(bool addPrefixSpace)
    {
        BertTokenizer trained = Train(s_text, new() { VocabSize = 320, AddPrefixSpace = addPrefixSpace });
        trained.Save(_folder.Path);
        BertTokenizer loaded = BertTokenizer.FromPretrained(_folder.Path);
        File.Delete(_folder["tokenizer.json"]);
        BertTokenizer older = BertTokenizer.FromPretrained(_folder.Path);
        Assert.Equal(addPrefixSpace, loaded.Options.AddPrefixSpace);
        foreach (string text in s_text.Append("never seen: ẞ½\u0007 – x"))
        {
            BertEncoding encoding = loaded.Encode(text, pair: "low");
            Assert.Equal(trained.Encode(text, "low").Ids, encoding.Ids);
            Assert.Equal(older.Encode(text, "low").Ids, encoding.Ids);
            Assert.Equal("<s>", encoding.Tokens[0]);
            string decoded = loaded.Decode(loaded.Encode(text).Ids, skipSpecialTokens: true);
            Assert.Equal(addPrefixSpace ? " " + text : text, decoded);
        }
    }

    [Fact]
    public void Special_tokens_come_first_and_then_the_bytes_in_the_order_of_their_characters()
    {
        BertTokenizer tokenizer = Train(s_text, new() { VocabSize = 262 });
        Assert.Equal(["<s>", "<pad>", "</s>", "<unk>", "<mask>", "!", "\""], Enumerable.Range(0, 7).Select(id => tokenizer.Vocabulary[id]));
        Assert.Equal(("Ń", "aa", 262), (tokenizer.Vocabulary[260], tokenizer.Vocabulary[261], tokenizer.Vocabulary.Size));
        Assert.Equal((0, 2, 1, 3, 4), (tokenizer.ClsTokenId, tokenizer.SepTokenId, tokenizer.PadTokenId, tokenizer.UnknownTokenId,
            tokenizer.MaskTokenId));
        Assert.Equal(4, tokenizer.Encode("low  <mask>").Ids[^2]);
    }

    [Fact]
    public void Files_do_not_depend_on_threads_or_on_the_order_of_lines()
    {
        string[] lines = [.. Enumerable.Range(0, 5_000).Select(i => $"line {i * 7919 % 5_000} of words{i % 17} and {s_text[i % 5]}")];
        Train(lines, new() { VocabSize = 600, NumberOfThreads = 1 }).Save(_folder["one"]);
        Train(lines, new() { VocabSize = 600, NumberOfThreads = 2 }).Save(_folder["two"]);
        Train(lines.Reverse(), new() { VocabSize = 600 }).Save(_folder["reversed"]);
        foreach (string file in Directory.GetFiles(_folder["one"]).Select(Path.GetFileName)!)
        {
            byte[] expected = File.ReadAllBytes(Path.Combine(_folder["one"], file));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_folder["two"], file)));
            Assert.Equal(expected, File.ReadAllBytes(Path.Combine(_folder["reversed"], file)));
        }
    }

    [Fact]
    public void Tokens_stay_shorter_than_the_maximum()
    {
        BertTokenizer tokenizer = Train(s_text, new() { MaxTokenLength = 4, MinFrequency = 1 });
        Assert.Equal(3, Enumerable.Range(5, tokenizer.Vocabulary.Size - 5).Max(id => tokenizer.Vocabulary[id]!.Length));
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_by_name()
    {
        Assert.StartsWith("The text contains no words", Assert.Throws<InvalidDataException>(() => Train(["", ""], new())).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "A vocabulary of 260 tokens is too small for the special tokens and the 256 bytes, which are 261 tokens. Use a larger",
            Assert.Throws<ArgumentException>(() => Train(s_text, new() { VocabSize = 260 })).Message, StringComparison.Ordinal);
        foreach ((BertByteBpeTrainingOptions options, string message) in new (BertByteBpeTrainingOptions, string)[]
        {
            (new() { VocabSize = 0 }, "VocabSize is 0; it must be from 1 to 500000."),
            (new() { VocabSize = 500_001 }, "VocabSize is 500001; it must be from 1 to 500000."),
            (new() { MinFrequency = -1 }, "MinFrequency is -1; it must be at least 0."),
            (new() { MaxTokenLength = 0 }, "MaxTokenLength is 0; it must be at least 1."),
            (new() { NumberOfThreads = 0 }, "NumberOfThreads is 0; it must be at least 1."),
        })
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => Train(s_text, options)).Message,
                StringComparison.Ordinal);
        }
    }

    private static BertTokenizer Train(IEnumerable<string> text, BertByteBpeTrainingOptions options) =>
        BertTokenizer.TrainByteBpe(text, options, TestContext.Current.CancellationToken);

    // Eight words a line, with the linear congruential generator of Numerical Recipes.
    private static IEnumerable<string> RandomText(uint seed, string[] letters, int lines)
    {
        for (; lines > 0; lines--)
            yield return string.Join(' ', Enumerable.Range(0, 8).Select(_ => Word()).ToList());

        string Word() => string.Concat(Enumerable.Range(0, 1 + Next(9)).Select(_ => letters[Next(letters.Length)]).ToList());

        int Next(int limit)
        {
            seed = unchecked(seed * 1_664_525 + 1_013_904_223);
            return (int)((seed >> 16) % limit);
        }
    }

    private static List<(string, string)> TrainNaively(Dictionary<string, long> words, int minimumCount, int maxLength, int merges)
    {
        List<string> pieces = ["a", "b", "c"];
        var split = words.ToDictionary(word => word.Key, word => word.Key.Select(c => c.ToString()).ToList());
        var done = new List<(string, string)>();
        while (pieces.Count < 3 + merges)
        {
            var best = split.SelectMany(word => word.Value.Zip(word.Value.Skip(1)).Select(pair => (Pair: pair, Count: words[word.Key])))
                .Where(found => found.Pair.First.Length + found.Pair.Second.Length is var length && (length == 2 || length < maxLength))
                .GroupBy(found => found.Pair).Select(g => (Pair: g.Key, Count: g.Sum(found => found.Count)))
                .OrderByDescending(g => g.Count).ThenBy(g => pieces.IndexOf(g.Pair.First)).ThenBy(g => pieces.IndexOf(g.Pair.Second))
                .FirstOrDefault();
            if (best.Count < Math.Max(1, minimumCount))
                break;
            done.Remove(best.Pair);
            done.Add(best.Pair);
            string joined = best.Pair.First + best.Pair.Second;
            if (!pieces.Contains(joined))
                pieces.Add(joined);
            foreach (List<string> parts in split.Values)
            {
                for (int i = 0; i + 1 < parts.Count; i++)
                {
                    if ((parts[i], parts[i + 1]) == best.Pair)
                    {
                        parts[i] = joined;
                        parts.RemoveAt(i + 1);
                    }
                }
            }
        }
        return done;
    }
}
