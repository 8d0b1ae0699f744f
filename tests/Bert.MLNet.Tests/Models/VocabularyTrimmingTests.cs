using System.Globalization;
using System.Text.Json.Nodes;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Models;

public sealed class VocabularyTrimmingTests
{
    private static readonly string[] s_corpus =
        ["the film is great", "a bad phone, and the screen", "we love it!", "naïve café 7 times"];

    private static readonly string[] s_others = ["my battery was poor", "zebra quartz", "42 movies?"];

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Tokens_and_vectors_of_the_corpus_stay_as_they_are(string kind)
    {
        BertModel model = TinyTokenizer.Load(new TinyCheckpoint(), kind), trimmed = model.TrimVocabulary(s_corpus);
        Assert.InRange(trimmed.Config.VocabSize, 1, model.Config.VocabSize - 20);
        Assert.Equal(trimmed.Config.VocabSize, trimmed.Tokenizer.Vocabulary.Size);
        using var folder = new TemporaryFolder();
        trimmed.SavePretrained(folder.Path);
        BertModel saved = BertModel.FromPretrained(folder.Path);
        foreach (BertModel small in (BertModel[])[trimmed, saved])
        {
            Assert.All(s_corpus, text => Assert.Equal(model.Tokenizer.Encode(text).Tokens, small.Tokenizer.Encode(text).Tokens));
            Assert.Equal(Vectors(model, s_corpus), Vectors(small, s_corpus));
            Assert.All(s_others, text => Assert.Equal(
                model.Tokenizer.Encode(text).Ids.Count(id => id == model.Tokenizer.UnknownTokenId),
                small.Tokenizer.Encode(text).Ids.Count(id => id == small.Tokenizer.UnknownTokenId)));
        }
        Assert.Equal(trimmed.ContentHash, saved.ContentHash);
    }

    [Theory, MemberData(nameof(EveryFamily.Names), MemberType = typeof(EveryFamily))]
    public void Rows_of_embeddings_and_of_the_head_for_masked_words_are_those_of_the_kept_tokens(string family)
    {
        BertModel model = (EveryFamily.Checkpoint(family, HeadKind.MaskedLM)).Load(), trimmed = model.TrimVocabulary(s_corpus);
        BertVocabulary before = model.Tokenizer.Vocabulary, after = trimmed.Tokenizer.Vocabulary;
        int[] kept = [.. Enumerable.Range(0, after.Size).Select(id => before.Ids[after[id]!])];
        Assert.Equal(kept.Order(), kept);
        string[] ofTokens = [.. model.Weights!.Names.Where(name => model.Weights[name].Shape[0] == before.Size)];
        Assert.Contains(CanonicalNames.Decoder, ofTokens);
        Assert.Equal(model.Weights.Names.Order(), trimmed.Weights!.Names.Order());
        foreach (string name in model.Weights.Names)
        {
            byte[][] rows = [.. model.Weights[name].Bytes.ToArray().Chunk(model.Weights[name].Bytes.Length / model.Weights[name].Shape[0])];
            Assert.Equal(ofTokens.Contains(name) ? kept.SelectMany(id => rows[id]) : rows.SelectMany(row => row),
                trimmed.Weights[name].Bytes.ToArray());
        }
        Assert.Equal(model.Config with { VocabSize = kept.Length }, trimmed.Config);
    }

    [Fact]
    public void Ids_in_all_files_are_those_of_the_new_vocabulary()
    {
        using var folder = new TemporaryFolder();
        int great = TinyCheckpoint.Vocabulary.ToList().IndexOf("great"), time = TinyCheckpoint.Vocabulary.ToList().IndexOf("time");
        new TinyCheckpoint
        {
            ExtraConfig = new()
            {
                ["pad_token_id"] = great, ["bos_token_id"] = 2, ["eos_token_id"] = new JsonArray(3, time),
                ["decoder_start_token_id"] = 400,
            },
        }.Write(folder.Path);
        File.WriteAllText(folder["tokenizer_config.json"], $$"""
            {"tokenizer_class": "BertTokenizer", "pad_token": "great", "added_tokens_decoder": {
              "2": {"content": "[CLS]", "special": true}, "{{great}}": {"content": "great", "special": true} } }
            """);
        BertModel model = BertModel.FromPretrained(folder.Path).TrimVocabulary(["film"]);
        Assert.Equal("great", model.Tokenizer.Vocabulary[model.Config.PadTokenId]);
        JsonNode config = JsonNode.Parse(model.Config.ToJson())!;
        Assert.Equal("[CLS]", model.Tokenizer.Vocabulary[(int)config["bos_token_id"]!]);
        Assert.Equal(["[SEP]", "time"],
            config["eos_token_id"]!.AsArray().Select(id => model.Tokenizer.Vocabulary[(int)id!]));
        Assert.Null(config["decoder_start_token_id"]);
        model.SavePretrained(folder["saved"]);
        JsonObject added = JsonNode.Parse(File.ReadAllText(folder["saved", "tokenizer_config.json"]))!["added_tokens_decoder"]!.AsObject();
        Assert.All(added, token => Assert.Equal(
            (string)token.Value!["content"]!, model.Tokenizer.Vocabulary[int.Parse(token.Key, CultureInfo.InvariantCulture)]));
        Assert.Equal(2, added.Count);
    }

    [Fact]
    public void Rare_tokens_are_left_out_as_options_say()
    {
        BertModel model = new TinyCheckpoint().Load();
        string[] texts = ["film film film", "phone phone", "screen"];
        Assert.Equal(["film", "phone"], Kept(new() { MinFrequency = 2 }));
        Assert.Equal(["film", "phone", "screen"], Kept(new()));
        int characters = model.TrimVocabulary(texts).Config.VocabSize - 3;
        Assert.Equal(["film"], Kept(new() { VocabSize = characters + 1 }));
        string message = Assert.Throws<ArgumentException>(() => Kept(new() { VocabSize = characters - 1 })).Message;
        Assert.Contains($"VocabSize is {characters - 1}, but", message, StringComparison.Ordinal);
        Assert.Contains($"has {characters} special tokens", message, StringComparison.Ordinal);

        IEnumerable<string> Kept(BertVocabularyTrimmingOptions options) =>
            model.TrimVocabulary(texts, options).Tokenizer.Vocabulary.Ids.Keys.Where(token => token is "film" or "phone" or "screen");
    }

    [Fact]
    public void Prompts_and_weights_of_tokens_follow()
    {
        BertModel tiny = new TinyCheckpoint().Load();
        BertModel model = tiny.WithSentence(tiny.Sentence with
        {
            TokenWeights = [.. Enumerable.Range(0, tiny.Tokenizer.Vocabulary.Size).Select(id => id + 0.5f)],
            Prompts = new Dictionary<string, string> { ["query"] = "battery: " },
        });
        BertModel trimmed = model.TrimVocabulary(["film"]);
        Assert.True(trimmed.Tokenizer.Vocabulary.TryGetId("battery", out _));
        Assert.All(trimmed.Tokenizer.Vocabulary.Ids, token => Assert.Equal(
            model.Tokenizer.Vocabulary.Ids[token.Key] + 0.5f, trimmed.Sentence.TokenWeights![token.Value]));
    }

    [Fact]
    public void What_cannot_be_trimmed_is_refused()
    {
        BertModel model = new TinyCheckpoint().Load();
        Assert.Contains("is int8", Assert.Throws<NotSupportedException>(() => model.Quantize().TrimVocabulary(s_corpus)).Message,
            StringComparison.Ordinal);
        Assert.Contains("no words", Assert.Throws<InvalidDataException>(() => model.TrimVocabulary(["", " "])).Message,
            StringComparison.Ordinal);
        foreach ((string name, BertVocabularyTrimmingOptions options) in new[]
        {
            ("VocabSize is 0", new BertVocabularyTrimmingOptions { VocabSize = 0 }), ("MinFrequency is 0", new() { MinFrequency = 0 }),
            ("NumberOfThreads is 0", new() { NumberOfThreads = 0 }),
        })
            Assert.Contains(name, Assert.Throws<ArgumentOutOfRangeException>(() => model.TrimVocabulary(s_corpus, options)).Message,
                StringComparison.Ordinal);
    }

    private static float[][] Vectors(BertModel model, IEnumerable<string> texts)
    {
        var ml = new MLContext();
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(text => new Row(text)));
        using BertEmbeddingTransformer embedding = ml.Transforms.Text.ApplyBertEmbedding("Features", nameof(Row.Text), model).Fit(data);
        return [.. embedding.Transform(data).GetColumn<float[]>("Features")];
    }

    private sealed record Row(string Text);
}
