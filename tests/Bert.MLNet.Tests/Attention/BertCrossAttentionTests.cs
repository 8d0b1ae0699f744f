using Bert.MLNet.Tests.Generation;

namespace Bert.MLNet.Tests.Attention;

/// <summary>The attention of a decoder to its source as numbers and pictures.</summary>
public sealed class BertCrossAttentionTests
{
    [Fact]
    public void The_attention_is_that_of_the_generated_text_and_each_row_adds_up_to_1()
    {
        BertModel model = TinySequences.Model;
        const string Source = "the film is great , so i love it !";
        BertCrossAttention attention = BertCrossAttention.Compute(model, Source);
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> generator = model.CreateTextGenerator();
        string text = generator.Predict(Source)[0].Text;
        BertCrossAttention given = BertCrossAttention.Compute(model, Source, text);
        Assert.Equal(model.Tokenizer.Encode(Source).Tokens, attention.SourceTokens);
        Assert.Equal(given.SourceTokens, attention.SourceTokens);
        Assert.Equal((model.Decoder!.Config.NumHiddenLayers, model.Decoder.Config.NumAttentionHeads),
            (attention.NumberOfLayers, attention.NumberOfHeads));
        for (int query = 0; query < attention.Tokens.Count; query++)
            Assert.Equal(1, attention.Of(1, 2, query).ToArray().Sum(), 1e-4);
        Assert.Equal(attention.Of(0, 1, 0)[3], attention[0, 1, 0, 3]);
        float[] mean = attention.Mean(1)[0];
        Assert.Equal(Enumerable.Range(0, 3).Average(head => attention[1, head, 0, 2]), mean[2], 1e-6);
    }

    [Fact]
    public void A_given_text_has_its_tokens_and_the_end_and_is_drawn_beside_its_source()
    {
        BertModel model = TinySequences.Model;
        BertCrossAttention attention = BertCrossAttention.Compute(model, "a good film", "i love it");
        Assert.Equal(["i", "love", "it", "[SEP]"], attention.Tokens);
        Assert.Equal(["[CLS]", "a", "good", "film", "[SEP]"], attention.SourceTokens);
        string image = attention.ToSvg(1, 0);
        Assert.Contains(FormattableString.Invariant($"love attends to film: {attention[1, 0, 1, 3]:P1}"), image, StringComparison.Ordinal);
        Assert.Equal(4 * 5 + 1, image.Split("<rect").Length - 1);
        string page = attention.ToHtml();
        Assert.Contains("[CLS] a good film [SEP]", page, StringComparison.Ordinal);
        Assert.Contains("layer 1, head 2", page, StringComparison.Ordinal);
        Assert.Equal(["[SEP]"], BertCrossAttention.Compute(model, null, "").Tokens);
        Assert.Equal(model.Decoder!.Config.MaxTokens - 1,
            BertCrossAttention.Compute(model, "a", string.Concat(Enumerable.Repeat("good ", 100))).Tokens.Count);
    }

    [Fact]
    public void Wrong_positions_and_models_without_a_decoder_are_refused()
    {
        BertCrossAttention attention = BertCrossAttention.Compute(TinySequences.Model, "good", "bad");
        Assert.Equal("query", Assert.Throws<ArgumentOutOfRangeException>(() => attention[0, 0, 2, 0]).ParamName);
        Assert.Equal("key", Assert.Throws<ArgumentOutOfRangeException>(() => attention[0, 0, 0, 3]).ParamName);
        Assert.Equal("layer", Assert.Throws<ArgumentOutOfRangeException>(() => attention.Mean(2)).ParamName);
        Assert.Contains("has no decoder", Assert.Throws<NotSupportedException>(
            () => BertCrossAttention.Compute(new TinyCheckpoint().Load(), "good")).Message, StringComparison.Ordinal);
    }
}
