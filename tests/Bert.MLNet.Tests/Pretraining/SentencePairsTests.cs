using Bert.MLNet.Pretraining;

namespace Bert.MLNet.Tests.Training;

public class SentencePairsTests
{
    private static readonly SentencePairOptions s_none = new()
    {
        MinTokens = 2,
        MaxTokens = 8,
        Neighbours = 0,
        Crops = 0,
        Dropped = 0,
        Definitions = 0,
    };

    [Fact]
    public void Neighbours_are_sentences_that_follow_each_other_in_one_document() =>
        Check(s_none with { Neighbours = 1 }, ("a good book .", "was it bad ?"), ("was it bad ?", "the price"),
            ("we love it !", "they hate it ."));

    [Fact]
    public void Definitions_are_a_headword_and_what_follows_its_colon() =>
        Check(s_none with { Definitions = 1 }, ("phone", "a battery and a screen"));

    [Fact]
    public void Crops_are_two_parts_of_one_paragraph() =>
        CheckAll(s_none with { Crops = 1 }, (first, second) =>
        {
            string[] paragraphs = ["a good book . was it bad ?", "we love it ! they hate it .", "phone : a battery and a screen"];
            Assert.Contains(paragraphs, p => p.Contains(first, StringComparison.Ordinal) && p.Contains(second, StringComparison.Ordinal));
        });

    [Fact]
    public void A_shortened_sentence_has_tokens_of_the_whole_one_in_its_order() =>
        CheckAll(s_none with { Dropped = 1 }, (first, second) =>
        {
            var whole = new Queue<string>(first.Split(' '));
            foreach (string token in second.Split(' '))
            {
                while (whole.Count > 0 && whole.Peek() != token)
                    whole.Dequeue();
                Assert.NotEmpty(whole);
                whole.Dequeue();
            }
        });

    private static void Check(SentencePairOptions options, params (string, string)[] expected)
    {
        var seen = new HashSet<(string, string)>();
        CheckAll(options, (first, second) => seen.Add((first, second)));
        Assert.Equal(expected.Order(), seen.Order());
    }

    private static void CheckAll(SentencePairOptions options, Action<string, string> check)
    {
        BertTokenizer tokenizer = BertTokenizer.Create(new BertVocabulary([.. TinyCheckpoint.Vocabulary, ":"]));
        TokenCorpus corpus = TokenCorpus.Create(
            [["A good book. Was it bad?", "the price"], ["we love it! they hate it."], ["phone: a battery and a screen"]], tokenizer);
        var pairs = new SentencePairs(corpus, [0, 1, 2], tokenizer, options);
        var random = new Random(2);
        for (int i = 0; i < 200; i++)
        {
            (ushort[] first, ushort[] second) = pairs.Next(random);
            check(Words(first), Words(second));
        }
        string Words(ushort[] ids) => string.Join(' ', ids.Select(id => tokenizer.Vocabulary[id]));
    }
}
