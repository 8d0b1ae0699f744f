using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tokenization;

/// <summary>Byte-level BPE on a vocabulary of its own: all bytes and a few merges.</summary>
public sealed class ByteBpeTests : IDisposable
{
    private static readonly string[] s_merges =
        ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "l d", "Ġwor ld", "a a", "aa aa", "' s", "Ċ Ċ"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Expected lists made with crate tokenizers 0.22.2.
    [Theory]
    [InlineData(false, "hello world", "hello|Ġworld", "0-5 6-11")]
    [InlineData(false, " hello", "Ġ|hello", "1-1 1-6")]
    [InlineData(true, "world", "Ġworld", "0-5")]
    [InlineData(true, "  world", "Ġ|Ġworld", "0-0 2-7")]
    [InlineData(false, "hello's\n\n x", "hello|'s|ĊĊ|Ġ|x", "0-5 5-7 7-9 10-10 10-11")]
    [InlineData(false, "aaaaa", "aaaa|a", "0-4 4-5")]
    [InlineData(false, "é🙂", "Ã|©|ð|Ł|Ļ|Ĥ", "0-1 0-1 1-3 1-3 1-3 1-3")]
    [InlineData(false, "he  <mask> he", "he|  <mask>|Ġ|he", "0-2 4-10 11-11 11-13")]
    public void Tokens_and_offsets_are_those_of_the_rust_code(bool addPrefixSpace, string text, string tokens, string offsets)
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace);
        BertEncoding encoding = tokenizer.Encode(text, options: new BertEncodeOptions { AddSpecialTokens = false });
        Assert.Equal(tokens, string.Join('|', encoding.Tokens));
        Assert.Equal(offsets, string.Join(' ', encoding.Offsets.Select(o => $"{o.Start}-{o.End}")));
    }

    [Fact]
    public void Rows_are_Robertas_and_second_texts_are_of_type_0()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: false);
        BertEncoding encoding = tokenizer.Encode("he", "ll");
        Assert.Equal(["<s>", "he", "</s>", "</s>", "ll", "</s>"], encoding.Tokens);
        Assert.All(encoding.TypeIds, type => Assert.Equal(0, type));
        var row = new List<int>();
        Assert.Equal(6, tokenizer.EncodeTo("he", "ll", hasPair: true, 512, BertTruncation.LongestFirst, row, out int pairStart));
        Assert.Equal(encoding.Ids, row);
        Assert.Equal(6, pairStart);
    }

    [Fact]
    public void Merging_a_long_word_equals_merging_the_lowest_rank_first()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: false);
        Gen.OneOf('h', 'e', 'l', 'o', 'a', 'd', 'r').Array[0, 200].Sample(letters =>
            Assert.Equal(Merged(new string(letters)),
                tokenizer.Encode(new string(letters), options: new BertEncodeOptions { AddSpecialTokens = false }).Tokens));
    }

    private static List<string> Merged(string text)
    {
        List<string> parts = [.. text.Select(c => c.ToString())];
        while (true)
        {
            int[] ranks = [.. parts.Skip(1).Select((part, i) => Array.IndexOf(s_merges, $"{parts[i]} {part}"))];
            int best = Enumerable.Range(0, ranks.Length).Where(i => ranks[i] >= 0).OrderBy(i => ranks[i]).ThenBy(i => i).FirstOrDefault(-1);
            if (best < 0)
                break;
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
        return parts;
    }

    [Fact]
    public void Any_text_is_decoded_to_itself_and_covered_by_its_offsets()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: false);
        Gen.String.Sample(text => Check(tokenizer, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))); // without half surrogate pairs
    }

    private static void Check(BertTokenizer tokenizer, string text)
    {
        BertEncoding encoding = tokenizer.Encode(text, options: new BertEncodeOptions { AddSpecialTokens = false });
        Assert.Equal(text, tokenizer.Decode(encoding.Ids, skipSpecialTokens: false));
        foreach ((int start, int end) in encoding.Offsets)
        {
            Assert.InRange(start, 0, end);
            Assert.InRange(end, 0, text.Length);
            Assert.False(start > 0 && start < text.Length && char.IsSurrogatePair(text[start - 1], text[start]));
        }
    }

    [Fact]
    public void Saved_tokenizer_is_the_same_and_keeps_its_option()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: true);
        tokenizer.Save(_folder["saved"]);
        Assert.Equal(["merges.txt", "special_tokens_map.json", "tokenizer_config.json", "vocab.json"],
            Directory.GetFiles(_folder["saved"]).Select(Path.GetFileName).Order());
        BertTokenizer again = BertTokenizer.FromPretrained(_folder["saved"]);
        Assert.Equal(tokenizer.Options, again.Options);
        Assert.Equal(tokenizer.ContentHash, again.ContentHash);
        Assert.Equal(tokenizer.Encode("world  <mask>").Tokens, again.Encode("world  <mask>").Tokens);
    }

    [Fact]
    public void Step_saved_in_a_model_file_gives_the_same_ids()
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable([new Row { Text = "hello world" }, new Row { Text = "é <mask>" }]);
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: true);
        ITransformer step = ml.Transforms.Text.ApplyBertTokenizer(new BertTokenizerEstimator.Options { Tokenizer = tokenizer }).Fit(data);
        ml.Model.Save(step, data.Schema, _folder["model.zip"]);
        ITransformer loaded = new MLContext().Model.Load(_folder["model.zip"], out _);
        Assert.Equal(
            [.. tokenizer.Encode("hello world").Ids.Select(id => (long)id)], loaded.Transform(data).GetColumn<long[]>("InputIds").First());
        Assert.Equal(tokenizer.ContentHash, Assert.IsType<BertTokenizerTransformer>(loaded).Tokenizer.ContentHash);
    }

    [Fact]
    public void Settings_of_Berts_normalizer_are_refused_by_name()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: false);
        Assert.Contains("do_lower_case",
            Assert.Throws<NotSupportedException>(() => tokenizer.WithOptions(tokenizer.Options with { DoLowerCase = true })).Message,
            StringComparison.Ordinal);
        Assert.Contains("strip_accents",
            Assert.Throws<NotSupportedException>(() => tokenizer.WithOptions(tokenizer.Options with { StripAccents = true })).Message,
            StringComparison.Ordinal);
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
    }

    [Fact]
    public void Rows_leave_no_garbage()
    {
        BertTokenizer tokenizer = Tokenizer(addPrefixSpace: true);
        string text = string.Concat(Enumerable.Repeat("hello world, hellish héllo 🙂 <mask> aaaaaaaaaaaaaaaaaaaa", 100));
        var row = new List<int>(10_000);
        Encode();
        Assert.Equal(0, Garbage.Of(20, Encode));

        void Encode()
        {
            row.Clear();
            tokenizer.EncodeTo(text, text, true, 512, BertTruncation.LongestFirst, row, out _);
        }
    }

    [Theory]
    [InlineData("merges.txt", "h e\nx y z\n", "Line 2")]
    [InlineData("merges.txt", "h 東\n", "東")]
    [InlineData("vocab.json", "{\"a\": -1}", "'vocab'")]
    [InlineData("vocab.json", "[]", "vocab.json")]
    [InlineData("vocab.json", "{\"a\":", "vocab.json")]
    public void Damaged_files_get_one_clear_message(string file, string content, string named)
    {
        Write();
        File.WriteAllText(_folder[file], content);
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_merges_are_named()
    {
        Write();
        File.Delete(_folder["merges.txt"]);
        File.WriteAllText(_folder["tokenizer_config.json"], """{"tokenizer_class": "RobertaTokenizer"}""");
        Assert.Contains("merges.txt", Assert.Throws<FileNotFoundException>(() => BertTokenizer.FromPretrained(_folder.Path)).Message,
            StringComparison.Ordinal);
    }

    private BertTokenizer Tokenizer(bool addPrefixSpace)
    {
        Write();
        BertTokenizer tokenizer = BertTokenizer.FromPretrained(_folder.Path);
        return tokenizer.WithOptions(tokenizer.Options with { AddPrefixSpace = addPrefixSpace });
    }

    private void Write()
    {
        if (File.Exists(_folder["merges.txt"]))
            return;
        string[] vocabulary =
        [
            "<s>", "<pad>", "</s>", "<unk>", .. MLNet.Tokenization.ByteAlphabet.Characters.ToArray().Select(c => c.ToString()),
            .. s_merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)), "<mask>",
        ];
        File.WriteAllText(_folder["vocab.json"],
            JsonSerializer.Serialize(vocabulary.Index().ToDictionary(token => token.Item, token => token.Index)));
        File.WriteAllText(_folder["merges.txt"], "#version: 0.2\n" + string.Join('\n', s_merges) + "\n");
    }
}
