using Bert.MLNet.Tests.Encoders;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Labels of words, of a checkpoint with random weights, against a plain computation from the tokens of each word alone.</summary>
public sealed class WordLabelTests : IDisposable
{
    private static readonly string[] Names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

    private static readonly Lazy<BertModel> Tiny =
        new(() => new TinyCheckpoint { Architecture = "BertForTokenClassification", Labels = Names }.Load());

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("the film zzz is great")] // z ##z ##z
    [InlineData("batteries , phones ! and zzz-99,good")]
    [InlineData("the  film is\u00A0good ")] // an empty word, one with a blank that separates no words, an empty word
    [InlineData("\u200b good \u200b\u200b zzz")] // words of characters that no tokenizer sees
    public void A_word_has_the_label_of_its_first_token(string text)
    {
        Output row = Predict(text);
        string[] words = text.Split(' ');
        Assert.Equal(words.Length, row.Labels.Length);
        Assert.Equal(words.Length * Names.Length, row.Scores.Length);

        List<int> ids = [2];
        int[] firsts = [.. words.Select(word =>
        {
            int[] pieces = [.. Tiny.Value.Tokenizer.Encode(word, options: new() { AddSpecialTokens = false }).Ids];
            ids.AddRange(pieces);
            return pieces.Length == 0 ? -1 : ids.Count - pieces.Length;
        })];
        ids.Add(3);
        double[][] logits = new PlainBert(Tiny.Value).TokenLogits("classifier", [.. ids], new int[ids.Count]);
        for (int word = 0; word < words.Length; word++)
        {
            double[] exp = firsts[word] < 0 ? [1, 0, 0, 0, 0] : [.. logits[firsts[word]].Select(Math.Exp)];
            Assert.Equal(Names[Array.IndexOf(exp, exp.Max())], row.Labels[word]);
            Assert.All(exp.Zip(row.Scores.Skip(word * Names.Length)), pair => Assert.Equal(pair.First / exp.Sum(), pair.Second, 1e-5));
        }
    }

    [Fact]
    public void A_vector_of_words_and_their_text_say_the_same()
    {
        string[] words = ["the", "film", "", "zzz", "is", "great", "99"];
        using BertTokenClassifierTransformer transformer = Fit(_ml.Data.LoadFromEnumerable([new { Text = words }]), BertAggregation.First);
        Output vector = Read(transformer.Transform(_ml.Data.LoadFromEnumerable([new { Text = words }])));
        Output text = Predict(string.Join(' ', words));
        Assert.Equal(text.Labels, vector.Labels);
        Assert.Equal(text.Scores, vector.Scores);
        Assert.Equal(text.Entities, vector.Entities);
        Assert.Equal(text.EntityEnds, vector.EntityEnds);
    }

    [Fact]
    public void Entities_are_runs_of_words_with_the_mean_of_their_probabilities()
    {
        string text = "the film zzz is great and bad phones are 99 good movies to love";
        string[] words = text.Split(' ');
        Output row = Predict(text);
        List<(string Text, string Type, double Score)> expected = [];
        for (int word = 0; word < words.Length; word++)
        {
            string label = row.Labels[word];
            if (label == "O")
                continue;
            int end = word + 1;
            while (end < words.Length && row.Labels[end] == "I" + label[1..])
                end++;
            expected.Add((string.Join(' ', words[word..end]), label[2..],
                Enumerable.Range(word, end - word).Average(w => row.Scores.Skip(w * Names.Length).Take(Names.Length).Max())));
            word = end - 1;
        }
        Assert.True(expected.Count > 1);
        Assert.Equal(expected.Select(e => e.Text), row.Entities);
        Assert.Equal(expected.Select(e => e.Type), row.EntityTypes);
        Assert.Equal(row.EntityStarts.Zip(row.EntityEnds, (start, end) => text[start..end]), row.Entities);
        Assert.All(expected.Zip(row.EntityScores), pair => Assert.Equal(pair.First.Score, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(BertAggregation.Average), InlineData(BertAggregation.Max)]
    public void Other_strategies_look_at_all_tokens_of_a_word(BertAggregation aggregation)
    {
        using BertTokenClassifierTransformer transformer = Fit(Data("zzz"), aggregation);
        float[] scores = Read(transformer.Transform(Data("zzz"))).Scores;
        int[] ids = [2, .. Tiny.Value.Tokenizer.Encode("zzz", options: new() { AddSpecialTokens = false }).Ids, 3];
        double[][] tokens = [.. new PlainBert(Tiny.Value).TokenLogits("classifier", ids, new int[ids.Length])[1..^1].Select(logits =>
        {
            double sum = logits.Sum(Math.Exp);
            return logits.Select(x => Math.Exp(x) / sum).ToArray();
        })];
        Assert.Equal(3, tokens.Length);
        double[] expected = aggregation == BertAggregation.Max
            ? tokens.MaxBy(token => token.Max())!
            : [.. Enumerable.Range(0, Names.Length).Select(label => tokens.Average(token => token[label]))];
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void A_word_at_the_border_of_windows_has_the_label_of_its_first_token_where_most_is_around_it(BertTruncationSide side)
    {
        // Words of 3 tokens in windows of 10 tokens that begin 7 apart: some words are cut by every border.
        string text = string.Join(' ', Enumerable.Range(0, 12).Select(i => "zzz xyz qqq".Split(' ')[i % 3]));
        using BertTokenClassifierTransformer transformer = Estimator(BertAggregation.First, 12, 3, side).Fit(Data(text));
        Output row = Read(transformer.Transform(Data(text)));
        int[] ids = [.. Tiny.Value.Tokenizer.Encode(text, options: new() { AddSpecialTokens = false }).Ids];
        Assert.Equal(36, ids.Length);
        var plain = new PlainBert(Tiny.Value);
        (int Start, double[][] Logits)[] windows = [.. new[] { 0, 7, 14, 21, 28 }.Select(start =>
        {
            int[] window = [2, .. ids.Skip(start).Take(10), 3];
            return (start, plain.TokenLogits("classifier", window, new int[window.Length])[1..^1]);
        })];
        for (int word = 0; word < 12; word++)
        {
            int token = 3 * word;
            (int start, double[][] logits) = windows.Where(w => token >= w.Start && token < w.Start + w.Logits.Length)
                .MaxBy(w => Math.Min(token - w.Start, w.Start + w.Logits.Length - 1 - token));
            double[] exp = [.. logits[token - start].Select(Math.Exp)];
            Assert.Equal(Names[Array.IndexOf(exp, exp.Max())], row.Labels[word]);
            Assert.Equal(exp.Max() / exp.Sum(), row.Scores.Skip(word * Names.Length).Take(Names.Length).Max(), 1e-5);
        }
    }

    [Theory]
    [InlineData(""), InlineData(null)]
    public void A_text_without_characters_has_no_words(string? text)
    {
        Output row = Predict(text!);
        Assert.Equal((0, 0, 0), (row.Labels.Length, row.Scores.Length, row.Entities.Length));
    }

    [Fact]
    public void A_saved_step_gives_the_same_labels_and_the_promised_schema_is_the_real_one()
    {
        IDataView data = Data("the film zzz is great");
        BertTokenClassifierEstimator estimator = Estimator(BertAggregation.First);
        using BertTokenClassifierTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));
        Assert.Equal(Names, transformer.Labels);

        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        IDataView loaded = _ml.Model.Load(_folder["model.zip"], out _).Transform(data);
        Assert.Equal(transformer.Transform(data).GetColumn<float[]>("WordScores").Single(),
            loaded.GetColumn<float[]>("WordScores").Single());
        Assert.Equal(Read(transformer.Transform(data)).Labels, Read(loaded).Labels);
    }

    private Output Predict(string text)
    {
        using BertTokenClassifierTransformer transformer = Fit(Data(text), BertAggregation.Simple);
        return Read(transformer.Transform(Data(text)));
    }

    private Output Read(IDataView result) =>
        _ml.Data.CreateEnumerable<Output>(
            _ml.Transforms.Conversion.MapKeyToValue("Labels").Fit(result).Transform(result), reuseRowObject: false).Single();

    private BertTokenClassifierTransformer Fit(IDataView data, BertAggregation aggregation) => Estimator(aggregation).Fit(data);

    private BertTokenClassifierEstimator Estimator(
        BertAggregation aggregation, int? maxLength = null, int? stride = null, BertTruncationSide side = BertTruncationSide.Right) =>
            _ml.Transforms.Text.ApplyBertTokenClassifier(
                new BertTokenClassifierEstimator.Options
                {
                    Model = TinyCheckpoint.WithTruncationSide(Tiny.Value, side),
                    WordLabelsColumnName = "Labels",
                    Aggregation = aggregation,
                    MaxLength = maxLength,
                    Stride = stride,
                });

    private IDataView Data(string? text) => _ml.Data.LoadFromEnumerable([new { Text = text! }]);

    private sealed class Output
    {
        public string[] Labels { get; set; } = [];

        [ColumnName("WordScores")]
        public float[] Scores { get; set; } = [];

        public string[] Entities { get; set; } = [];

        public string[] EntityTypes { get; set; } = [];

        public float[] EntityScores { get; set; } = [];

        public int[] EntityStarts { get; set; } = [];

        public int[] EntityEnds { get; set; } = [];
    }
}
