namespace Bert.MLNet.Tests.Tokenization;

public sealed class VocabularyTrainingTests
{
    private static readonly string[] s_special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static readonly string[] s_text =
    [
        "low low low low low", "Lower lower widest, widest widest!", "newest newest newest newest newest newest",
        "Aaaa aaaa aaa aa banana bananas bandana",
    ];

    [Theory]
    [InlineData(60, 2)]
    [InlineData(200, 1)]
    [InlineData(200, 4)]
    public void Pieces_equal_those_of_counting_all_pairs_again_at_each_step(int size, int minimumCount)
    {
        BertVocabulary vocabulary = Train(s_text, size, minimumCount);
        Assert.Equal(TrainNaively(size, minimumCount), Tokens(vocabulary));
    }

    [Fact]
    public void Order_of_lines_does_not_matter()
    {
        string[] lines = [.. Enumerable.Range(0, 5_000).Select(i => $"line {i * 7919 % 5_000} of words{i % 17} and {s_text[i % 4]}")];
        Assert.Equal(Tokens(Train(lines, 400)), Tokens(Train(lines.Reverse(), 400)));
    }

    [Fact]
    public void Rare_characters_beyond_the_alphabet_limit_are_left_out()
    {
        BertVocabulary vocabulary =
            Train(["aaa bbb aab é€"], 50, alphabetLimit: 2, options: new BertTokenizerOptions { StripAccents = false });
        Assert.Equal(["a", "b", "##a", "##b"], Tokens(vocabulary).Skip(5).Take(4));
        Assert.DoesNotContain("€", vocabulary.Ids.Keys);
    }

    [Fact]
    public void Size_without_room_for_the_alphabet_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Train(s_text, 12));
        Assert.Contains("alphabet limit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabulary_is_the_same_after_saving_and_loading()
    {
        BertVocabulary vocabulary = Train(s_text, 80);
        using var folder = new TemporaryFolder();
        vocabulary.Save(folder["vocab.txt"]);
        Assert.Equal(Tokens(vocabulary), Tokens(BertVocabulary.Load(folder["vocab.txt"])));
    }

    private static BertVocabulary Train(
        IEnumerable<string> text, int size, int minimumCount = 2, int alphabetLimit = 1_000, BertTokenizerOptions? options = null) =>
        BertVocabulary.Train(text, size, minimumCount, alphabetLimit, options, TestContext.Current.CancellationToken);

    private static IEnumerable<string?> Tokens(BertVocabulary vocabulary) =>
        Enumerable.Range(0, vocabulary.Size).Select(id => vocabulary[id]);

    private static List<string> TrainNaively(int size, int minimumCount)
    {
        List<string[]> words = [.. string.Join(' ', s_text).ToLowerInvariant().Replace(",", " , ", StringComparison.Ordinal)
            .Replace("!", " ! ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Select((c, i) => i == 0 ? $"{c}" : $"##{c}").ToArray())];
        string[] alphabet = [.. words.SelectMany(w => w).Select(s => s[^1..]).Distinct().Order(StringComparer.Ordinal)];
        List<string> pieces = [.. s_special, .. alphabet, .. alphabet.Select(c => "##" + c).Intersect(words.SelectMany(w => w))];
        while (pieces.Count < size)
        {
            var best = words.SelectMany(w => w.Zip(w.Skip(1))).GroupBy(p => p)
                .OrderByDescending(g => g.Count()).ThenBy(g => pieces.IndexOf(g.Key.First)).ThenBy(g => pieces.IndexOf(g.Key.Second))
                    .FirstOrDefault();
            if (best is null || best.Count() < minimumCount)
                break;
            string joined = best.Key.First + best.Key.Second[2..];
            if (!pieces.Contains(joined))
                pieces.Add(joined);
            words = [.. words.Select(w => Join(w, best.Key, joined))];
        }
        return pieces;
    }

    private static string[] Join(string[] word, (string First, string Second) pair, string joined)
    {
        var result = new List<string>();
        for (int i = 0; i < word.Length; i++)
        {
            bool match = i + 1 < word.Length && (word[i], word[i + 1]) == pair;
            result.Add(match ? joined : word[i]);
            if (match)
                i++;
        }
        return [.. result];
    }
}
