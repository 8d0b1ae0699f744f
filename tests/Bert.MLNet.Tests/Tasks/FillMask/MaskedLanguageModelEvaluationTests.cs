using System.IO.Hashing;
using System.Runtime.InteropServices;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tokenization;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.FillMask;

public class MaskedLanguageModelEvaluationTests
{
    private static readonly string[] Texts =
        ["the film is great and the battery was good", "i hate this phone", "", "bad",
            "they love the movie but the price is poor and the service so very bad !",
            string.Join(' ', Enumerable.Repeat("time of the day", 40))];

    private static readonly Lazy<BertModel> Tiny = new(() => new TinyCheckpoint { Architecture = "BertForMaskedLM" }.Load());

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("the the the the", 4, 1, 2)]                 // 1/2
    [InlineData("film film", 2, 0, 4)]                       // 1/4
    [InlineData("the film", 2, 0.5, 2.8284271247461903)]     // √(2 · 4)
    [InlineData("good the bad the", 4, 0.5, 4)]              // ⁴√(8 · 2 · 8 · 2)
    public void A_model_that_knows_frequencies_only_has_the_perplexity_of_paper(string text, long count, double accuracy, double perplexity)
    {
        BertModel model = Frequencies(("the", 1 / 2.0), ("film", 1 / 4.0), ("good", 1 / 8.0), ("bad", 1 / 8.0));
        MaskedLanguageModelMetrics metrics = Evaluate(model, [text], mlmProbability: 1);
        Assert.Equal((count, accuracy), (metrics.Count, metrics.Accuracy));
        Assert.Equal(Math.Log(perplexity), metrics.LogLoss, 5);
        Assert.Equal(perplexity, metrics.Perplexity, 4);
    }

    [Fact]
    public void A_model_that_knows_nothing_is_undecided_among_all_tokens() =>
        Assert.Equal(TinyCheckpoint.Vocabulary.Count, Evaluate(Frequencies(), Texts).Perplexity, 3);

    [Fact]
    public void The_figures_of_long_texts_do_not_depend_on_the_side_of_truncation()
    {
        MaskedLanguageModelMetrics right = Evaluate(Tiny.Value, Texts, 0.3, seed: 5);
        MaskedLanguageModelMetrics left =
            Evaluate(TinyCheckpoint.WithTruncationSide(Tiny.Value, BertTruncationSide.Left), Texts, 0.3, seed: 5);
        Assert.Equal((right.Count, right.Accuracy, right.LogLoss), (left.Count, left.Accuracy, left.LogLoss));
    }

    [Fact]
    public void The_figures_equal_a_plain_computation()
    {
        const int Seed = 5;
        BertModel model = Tiny.Value;
        var masking = new WholeWordMasking(model.Tokenizer, 0.3);
        var plain = new PlainBert(model);
        List<(double Loss, bool Right)> words = [];
        string[] texts = Texts[..5];
        foreach (string text in texts)
        {
            BertEncoding encoding = model.Tokenizer.Encode(text);
            long[] ids = [.. encoding.Ids];
            List<(int Position, int Id)> chosen = [];
            masking.Apply(ids, new Random(unchecked(Seed + (int)XxHash32.HashToUInt32(MemoryMarshal.AsBytes(text.AsSpan())))), chosen);
            double[][] scores = plain.MaskedWordScores(
                [.. ids.Select(id => (int)id)], [.. encoding.TypeIds], [.. chosen.Select(word => word.Position)]);
            words.AddRange(chosen.Select(
                (word, i) => (Math.Log(scores[i].Sum(Math.Exp)) - scores[i][word.Id], scores[i].Max() == scores[i][word.Id])));
        }
        MaskedLanguageModelMetrics metrics = Evaluate(model, texts, 0.3, Seed);
        Assert.Equal(words.Count, metrics.Count);
        Assert.Equal(words.Average(word => word.Loss), metrics.LogLoss, 4);
        Assert.Equal(words.Average(word => word.Right ? 1.0 : 0), metrics.Accuracy, 12);
    }

    [Fact]
    public void Masks_depend_on_the_seed_and_the_text_and_not_on_other_rows()
    {
        MaskedLanguageModelMetrics first = Evaluate(Tiny.Value, Texts), again = Evaluate(Tiny.Value, [.. Texts.Reverse()]),
            other = Evaluate(Tiny.Value, Texts, seed: 2);
        Assert.Equal((first.Count, first.Accuracy), (again.Count, again.Accuracy));
        Assert.Equal(first.LogLoss, again.LogLoss, 4);
        Assert.NotEqual(first.LogLoss, other.LogLoss, 4);
    }

    [Fact]
    public void Every_token_of_a_long_text_is_reached() => Assert.Equal(160, Evaluate(Tiny.Value, [Texts[^1]], mlmProbability: 1).Count);

    [Fact]
    public void Without_words_there_is_no_figure()
    {
        MaskedLanguageModelMetrics metrics = Evaluate(Tiny.Value, ["", null!]);
        Assert.Equal((0, double.NaN, double.NaN, double.NaN), (metrics.Count, metrics.Accuracy, metrics.LogLoss, metrics.Perplexity));
    }

    [Fact]
    public void Only_the_texts_are_read_and_in_one_pass()
    {
        var data = new WatchedDataView(_ml.Data.LoadFromEnumerable(Texts.Select(text => new { Id = 1f, Sentence = text })));
        _ml.MulticlassClassification.EvaluateMaskedLanguageModel(data, "Sentence", Tiny.Value);
        Assert.Equal(["Sentence"], data.Cursors);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Equal("mlmProbability", Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(Tiny.Value, Texts, 0)).ParamName);
        Assert.Contains("BertForMaskedLM",
            Assert.Throws<NotSupportedException>(() => Evaluate(new TinyCheckpoint().Load(), Texts)).Message);
        IDataView data = _ml.Data.LoadFromEnumerable([new { Number = 1f }]);
        Assert.Equal("inputColumnName",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateMaskedLanguageModel(data, model: Tiny.Value)).ParamName);
    }

    /// <summary>
    /// A checkpoint whose embeddings are zero, so that nothing but the bias of its head speaks: the frequencies of words.
    /// </summary>
    private static BertModel Frequencies(params (string Word, double Frequency)[] words)
    {
        BertModel tiny = Tiny.Value;
        var bias = new float[TinyCheckpoint.Vocabulary.Count];
        if (words.Length > 0)
            Array.Fill(bias, -1000);
        foreach ((string word, double frequency) in words)
            bias[tiny.Tokenizer.Vocabulary.Ids[word]] = (float)Math.Log(frequency);
        return new BertModel(tiny.Config, tiny.Tokenizer, BertWeights.Create(tiny.Weights!.Names.Select(name =>
        {
            BertTensor tensor = tiny.Weights[name];
            float[] values = new float[tensor.Count];
            if (name == "cls.predictions.bias")
                values = bias;
            else if (name != "embeddings.word_embeddings.weight")
                tensor.CopyTo(values);
            return (name, tensor.Shape, values);
        })));
    }

    private MaskedLanguageModelMetrics Evaluate(BertModel model, string[] texts, double mlmProbability = 0.15, int seed = 1) =>
        _ml.MulticlassClassification.EvaluateMaskedLanguageModel(
        _ml.Data.LoadFromEnumerable(texts.Select(text => new { Text = text })), model: model, mlmProbability: mlmProbability, seed: seed);
}
