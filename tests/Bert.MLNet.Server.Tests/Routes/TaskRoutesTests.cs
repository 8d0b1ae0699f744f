using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Bert.MLNet.Server.Tests.Routes;

/// <summary>The routes for tokens, entities, answers, masks and written texts beside the library's own results.</summary>
public sealed class TaskRoutesTests(ServedModels models) : IClassFixture<ServedModels>
{
    private const float Rounding = 1e-5f;

    private RunningServer Server => models.Server;

    [Fact]
    public async Task Tokenize_returns_the_tokens_and_their_places_in_code_points()
    {
        string text = "Owls 🦉 hunt.";
        BertEncoding expected = BertModel.Default.Tokenizer.Encode(text);
        JsonElement tokens = (await Server.PostAsync("/tokenize", new { inputs = text }))[0];
        Assert.Equal(expected.Ids, tokens.EnumerateArray().Select(token => token.GetProperty("id").GetInt32()));
        Assert.True(tokens[0].GetProperty("special").GetBoolean());
        Assert.False(tokens[0].TryGetProperty("start", out _));
        Rune[] runes = [.. text.EnumerateRunes()];
        JsonElement hunt = tokens.EnumerateArray().Single(token => token.GetProperty("text").GetString() == "hunt");
        Range place = hunt.GetProperty("start").GetInt32()..hunt.GetProperty("stop").GetInt32();
        Assert.Equal("hunt", string.Concat(runes[place]));
        JsonElement bare = (await Server.PostAsync("/tokenize", new { inputs = text, add_special_tokens = false }))[0];
        Assert.Equal(expected.Length - 2, bare.GetArrayLength());
    }

    [Fact]
    public async Task Decode_joins_tokens()
    {
        int[] ids = [.. BertModel.Default.Tokenizer.Encode("owls hunt at night").Ids];
        Assert.Equal("owls hunt at night", (await Server.PostAsync("/decode", new { ids }))[0].GetString());
        Assert.Equal(BertModel.Default.Tokenizer.Decode(ids, skipSpecialTokens: false),
            (await Server.PostAsync("/decode", new { ids = new[] { ids }, skip_special_tokens = false }))[0].GetString());
    }

    [Fact]
    public async Task Ner_finds_the_recognizer_s_entities_in_texts_longer_than_a_window()
    {
        string text = string.Join(' ', Enumerable.Repeat("🦉 i love this phone and you hate the film", 12));
        using var recognizer = models.Entities.CreateEntityRecognizer();
        IReadOnlyList<BertEntity> expected = recognizer.Predict(text);
        Assert.NotEmpty(expected);
        JsonElement[] found = [.. (await Server.PostAsync("/ner", new { inputs = text })).EnumerateArray()];
        Rune[] runes = [.. text.EnumerateRunes()];
        Assert.Equal(expected.Select(entity => (entity.Type, entity.Text)), found.Select(entity =>
            (entity.GetProperty("entity_group").GetString()!,
                string.Concat(runes[entity.GetProperty("start").GetInt32()..entity.GetProperty("end").GetInt32()]))));
        foreach ((BertEntity entity, JsonElement body) in expected.Zip(found))
            Assert.Equal(entity.Score, body.GetProperty("score").GetSingle(), Rounding);
        JsonElement lists = await Server.PostAsync("/ner", new { inputs = new[] { "", text } });
        Assert.Equal([0, expected.Count], lists.EnumerateArray().Select(list => list.GetArrayLength()));
    }

    [Fact]
    public async Task Qa_returns_the_best_answer()
    {
        var question = new BertQuestion("is it good?", "the film is great but the battery of this phone is poor");
        using var answerer = models.Answers.CreateQuestionAnswerer();
        BertAnswer expected = answerer.Predict(question)[0];
        JsonElement answer = await Server.PostAsync(
            "/qa", new { inputs = new { question = question.Question, context = question.Context } });
        Assert.Equal(expected.Text, answer.GetProperty("answer").GetString());
        Assert.Equal((expected.Start, expected.End), (answer.GetProperty("start").GetInt32(), answer.GetProperty("end").GetInt32()));
        Assert.Equal(expected.Score, answer.GetProperty("score").GetSingle(), Rounding);
    }

    [Fact]
    public async Task Fill_mask_returns_the_words_of_each_mask()
    {
        using var filler = BertModel.Default.CreateFillMask();
        foreach (string text in (string[])["Owls hunt at [MASK].", "The [MASK] hunts at [MASK]."])
        {
            IReadOnlyList<BertFilledMask> expected = filler.Predict(text);
            JsonElement[] words = [.. (await Server.PostAsync("/fill-mask", new { inputs = text })).EnumerateArray()];
            Assert.Equal(expected.Select(word => (word.Token, word.Text)), words.Select(word =>
                (word.GetProperty("token_str").GetString()!, word.GetProperty("sequence").GetString()!)));
            Assert.Equal(expected.Any(word => word.Mask > 0), words[0].TryGetProperty("mask", out _));
        }
    }

    [Theory]
    [InlineData("/summarize", "summary_text"), InlineData("/translate", "translation_text")]
    public async Task A_decoder_writes_what_the_generator_writes(string route, string field)
    {
        string[] texts = ["a great film", "the battery is poor"];
        using var writer = models.Writer.CreateTextGenerator();
        string[] expected = [.. texts.Select(text => writer.Predict(text)[0].Text)];
        JsonElement answer = await Server.PostAsync(route, new { inputs = texts, model = "writer" });
        Assert.Equal(expected, answer.EnumerateArray().Select(text => text.GetProperty(field).GetString()));
    }

    [Theory]
    [InlineData("bert-mini-en"), InlineData("picker")]
    public async Task A_model_of_vectors_or_scores_of_sentences_summarizes_by_those_that_the_summarizer_picks(string model)
    {
        string[] texts =
        [
            string.Join(' ', Enumerable.Range(0, 9).Select(i => $"The owl hunts mice on day {i}. It rained in town {i}.")),
            "One sentence.", "",
        ];
        using var summarizer = (model == "picker" ? models.Picker : BertModel.Default).CreateExtractiveSummarizer();
        JsonElement answer = await Server.PostAsync("/summarize", new { inputs = texts, model });
        Assert.Equal(texts.Select(text => summarizer.Predict(text).Text),
            answer.EnumerateArray().Select(text => text.GetProperty("summary_text").GetString()));
        Assert.Equal(3, summarizer.Predict(texts[0]).Sentences.Count);
    }

    [Fact]
    public async Task Attention_is_the_mean_of_layers_and_heads_for_texts_that_are_not_too_long()
    {
        const string text = "The owl hunts.";
        BertAttention expected = BertAttention.Compute(BertModel.Default, text);
        JsonElement answer = await Server.PostAsync("/attention", new { inputs = text });
        Assert.Equal(expected.Tokens, answer.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
        foreach ((float[] row, JsonElement body) in expected.Mean().Zip(answer.GetProperty("weights").EnumerateArray()))
            Assert.Equal(row, InferenceRoutesTests.Floats(body));
        (int status, JsonElement error) = await Server.FailAsync(
            "/attention", new { inputs = string.Join(' ', Enumerable.Repeat("the", 127)) });
        Assert.Equal(413, status);
        Assert.Contains("129 tokens", error.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Info_lists_the_models_and_their_tasks()
    {
        JsonElement info = await Server.Client.GetFromJsonAsync<JsonElement>("/info", TestContext.Current.CancellationToken);
        Assert.Equal("bert-mini-en", info.GetProperty("model_id").GetString());
        Assert.Equal(512, info.GetProperty("max_input_length").GetInt32());
        Assert.Equal(
            [
                "bert-mini-en: embed fill-mask attention summarize", "static-mini-en: embed summarize", "classifier: predict",
                "ranker: rerank predict", "entities: ner", "picker: summarize", "answers: qa", "writer: summarize translate",
                "reviews: rerank predict", "labels: predict",
            ],
            info.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("id").GetString() + ": "
                + string.Join(' ', model.GetProperty("tasks").EnumerateArray().Select(task => task.GetString()))));
    }
}
