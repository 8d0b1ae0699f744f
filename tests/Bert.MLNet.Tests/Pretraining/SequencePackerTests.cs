using Bert.MLNet.Pretraining;

namespace Bert.MLNet.Tests.Training;

public class SequencePackerTests
{
    private static readonly BertTokenizer s_tokenizer = BertTokenizer.Create(new BertVocabulary(TinyCheckpoint.Vocabulary));

    [Fact]
    public void A_pass_has_every_token_once_in_its_order_within_a_sequence()
    {
        TokenCorpus corpus = Numbered(documents: 40, length: 50);
        var packer = new SequencePacker(corpus, Enumerable.Range(0, 40), s_tokenizer, seed: 3);
        int count = packer.Count(16);
        long[][] sequences = [.. Enumerable.Range(0, count).Select(i => Fill(packer, i, 16))];

        Assert.All(sequences, s => Assert.Equal((s_tokenizer.ClsTokenId, s_tokenizer.SepTokenId), (s[0], s[^1])));
        long[] tokens = [.. sequences.SelectMany(s => s[1..^1]).Where(id => id != s_tokenizer.SepTokenId)];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
        Assert.InRange(tokens.Length, 40 * 50 - 2 * 16, 40 * 50);
        Assert.All(sequences, s => Assert.All(s[1..^1].Zip(s[2..^1]), pair =>
            Assert.True(pair.Second == pair.First + 1 || pair.First == s_tokenizer.SepTokenId || pair.Second == s_tokenizer.SepTokenId)));
    }

    [Fact]
    public void Passes_differ_in_order_and_cuts_and_come_again_the_same()
    {
        TokenCorpus corpus = Numbered(documents: 40, length: 50);
        SequencePacker Open() => new(corpus, Enumerable.Range(0, 40), s_tokenizer, seed: 3);
        SequencePacker packer = Open();
        int count = packer.Count(16);
        long[][] first = [.. Enumerable.Range(0, count).Select(i => Fill(packer, i, 16))];
        long[][] second = [.. Enumerable.Range(count, count).Select(i => Fill(packer, i, 16))];

        Assert.Empty(first.Select(s => s[1]).Intersect(second.Select(s => s[1])).Except([s_tokenizer.SepTokenId]));
        Assert.Equal(first[5], Fill(Open(), 5, 16));
        Assert.Equal(second[5], Fill(Open(), count + 5, 16));
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused()
    {
        var packer = new SequencePacker(Numbered(documents: 1, length: 20), [0], s_tokenizer, seed: 1);
        Assert.Contains("21 tokens", Assert.Throws<InvalidOperationException>(() => packer.Count(64)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenized_text_survives_its_file()
    {
        using var folder = new TemporaryFolder();
        TokenCorpus corpus = TokenCorpus.Create([["a good movie .", "bad"], ["the battery"]], s_tokenizer);
        corpus.Save(folder["corpus.bin"]);
        TokenCorpus read = TokenCorpus.Load(folder["corpus.bin"]);

        Assert.Equal(["a", "good", "movie", ".", "bad"], read.Document(0).ToArray().Select(id => s_tokenizer.Vocabulary[id]));
        Assert.Equal(["the", "battery"], read.Document(1).ToArray().Select(id => s_tokenizer.Vocabulary[id]));
        Assert.Equal((4, 5), read.LineRange(1));

        byte[] bytes = File.ReadAllBytes(folder["corpus.bin"]);
        File.WriteAllBytes(folder["cut.bin"], bytes[..^3]);
        Assert.Contains("truncated", Assert.Throws<InvalidDataException>(() => TokenCorpus.Load(folder["cut.bin"])).Message,
            StringComparison.Ordinal);
    }

    // Each token of the text is another number.
    private static TokenCorpus Numbered(int documents, int length) => new(
        [.. Enumerable.Range(10, documents * length).Select(id => (ushort)id)],
        [.. Enumerable.Range(0, documents).Select(d => d * length)],
        [.. Enumerable.Range(0, documents)]);

    private static long[] Fill(SequencePacker packer, long number, int length)
    {
        long[] sequence = new long[length];
        packer.Fill(number, sequence);
        return sequence;
    }
}
