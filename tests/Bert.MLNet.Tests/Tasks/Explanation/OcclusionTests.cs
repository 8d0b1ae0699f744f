using Bert.MLNet.Models.Families;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.Explanation;

/// <summary>Weights against a plain loop that masks one word after another and asks the public steps.</summary>
public sealed class OcclusionTests
{
    private const string Head = "BertForSequenceClassification";

    private static readonly string[] Texts = ["the film is great", "so unlikely : i hate this phone !", "Good day , good  movie."];

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string> Families => [.. EveryFamily.With(HeadKind.SequenceClassification)];

    [Theory, MemberData(nameof(Families))]
    public void A_weight_is_the_drop_of_the_predicted_label_s_logit_without_the_word(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Load();
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model);
        AssertPlain(model, step);
    }

    [Fact]
    public void A_few_shot_classifier_is_explained_by_its_logits()
    {
        BertModel model = ExplainedRow.FewShotClassifier();
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model);
        AssertPlain(model, step);
        var error = Assert.Throws<ArgumentException>(() => ExplainedRow.Fit(_ml, model, o => o with { PairColumnName = "Other" }));
        Assert.Contains("PairColumnName", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Words_and_weights_do_not_depend_on_how_a_tokenizer_marks_spaces(string kind)
    {
        BertModel model = TinyTokenizer.Load(new TinyCheckpoint { Architecture = Head }, kind);
        string[] texts = ["the movie was good", "  so phone  , and \n time\t", "unlikely loved"];
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model);
        ExplainedRow[] rows = ExplainedRow.Read(_ml, step, texts.Select(text => text.Replace('\t', ' ')));
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(ExplainedRow.WordsOf(texts[i]), rows[i].Words.Zip(rows[i].WordStarts, rows[i].WordEnds));
        rows[0].AssertWeights(Plain(model, texts[0]).Weights);
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("RobertaForSequenceClassification")]
    public void Words_of_both_texts_of_a_pair_are_weighed(string architecture)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model, o => o with { PairColumnName = "Other" });
        AssertPair(model, ExplainedRow.Read(_ml, step, "the film is great\ti hate it !")[0], "the film is great", "i hate it !");
    }

    [Fact]
    public void The_score_of_a_cross_encoder_is_explained_by_its_logit()
    {
        BertModel model = EveryTransformer.Model(Head, "relevance");
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model, o => o with { PairColumnName = "Other" });
        ExplainedRow row = ExplainedRow.Read(_ml, step, "is the film good\tthe film is great")[0];
        AssertPair(model, row, "is the film good", "the film is great");
        using BertCrossEncoderTransformer cross = _ml.Transforms.Text.ApplyBertCrossEncoder(new BertCrossEncoderEstimator.Options
        {
            Model = model, InputColumnName = "Text", PairColumnName = "Other", Activation = BertScoreActivation.Identity,
        }).Fit(ExplainedRow.Data(_ml));
        IDataView data = cross.Transform(ExplainedRow.Data(_ml, "is the film good\tthe film is great"));
        Assert.Equal(data.GetColumn<float>("Score").Single(), row.ExplainedScore, 1e-5f);
    }

    [Theory]
    [InlineData(null), InlineData("so what : ")]
    public void The_cosine_of_two_texts_is_explained_without_the_words_of_the_prompt(string? prompt)
    {
        const string First = "the film is great", Second = "a good movie , unlikely bad";
        BertModel model = new TinyCheckpoint().Load();
        if (prompt is not null)
            model = model.WithSentence(model.Sentence with
            {
                Prompts = new Dictionary<string, string> { ["default"] = prompt }, DefaultPromptName = "default",
            });
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model, o => o with { PairColumnName = "Other" });
        ExplainedRow row = ExplainedRow.Read(_ml, step, First + "\t" + Second)[0];

        var words = ExplainedRow.WordsOf(First).Select(word => (Word: word, Id: 0))
            .Concat(ExplainedRow.WordsOf(Second).Select(word => (Word: word, Id: 1))).ToArray();
        float[] cosines = Cosines(model,
        [
            First + "\t" + Second,
            .. words.Select(word => word.Id == 0
                ? ExplainedRow.Masked(model, First, word.Word.Start, word.Word.End) + "\t" + Second
                : First + "\t" + ExplainedRow.Masked(model, Second, word.Word.Start, word.Word.End)),
        ]);
        Assert.Equal(words.Select(word => word.Word), row.Words.Zip(row.WordStarts, row.WordEnds));
        Assert.Equal(words.Select(word => word.Id), row.WordSequenceIds);
        Assert.Equal(cosines[0], row.ExplainedScore, 1e-6f);
        row.AssertWeights([.. cosines[1..].Select(cosine => (double)cosines[0] - cosine)]);
    }

    [Fact]
    public void Another_label_than_the_predicted_one_can_be_explained()
    {
        BertModel model = EveryTransformer.Model(Head);
        foreach ((int place, string label) in model.Config.LabelNames.Index())
        {
            using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model, o => o with { Label = label });
            ExplainedRow row = ExplainedRow.Read(_ml, step, Texts[1])[0];
            Assert.Equal(label, row.ExplainedLabel);
            row.AssertWords(Texts[1], Plain(model, Texts[1], place).Weights);
        }
    }

    [Fact]
    public void A_checkpoint_without_a_mask_token_uses_its_unknown_token()
    {
        BertModel model = EveryTransformer.Model(Head);
        BertTokenizer tokenizer = BertTokenizer.Create(
            TinyCheckpoint.Vocabulary.Select(token => token == "[MASK]" ? "[unused]" : token), model.Tokenizer.Options);
        Assert.Equal(-1, tokenizer.MaskTokenId);
        var unmasked = new BertModel(model.Config, tokenizer, model.Weights);
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, unmasked);
        float[] logits = Logits(unmasked, "a good day", "§ good day", "a § day", "a good §").Select(row => row.Max()).ToArray();
        ExplainedRow explained = ExplainedRow.Read(_ml, step, "a good day")[0];
        int label = model.Config.LabelNames.ToList().IndexOf(explained.ExplainedLabel);
        float[][] all = Logits(unmasked, "a good day", "§ good day", "a § day", "a good §");
        explained.AssertWords("a good day", [.. all[1..].Select(row => (double)all[0][label] - row[label])]);
        Assert.Equal(logits[0], explained.ExplainedScore, 1e-5f);
    }

    [Fact]
    public void Chinese_characters_are_words()
    {
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, EveryTransformer.Model(Head));
        Assert.Equal(["日", "本", "good"], ExplainedRow.Read(_ml, step, "日本 good")[0].Words);
    }

    private void AssertPair(BertModel model, ExplainedRow row, string first, string second)
    {
        var words = ExplainedRow.WordsOf(first).Select(word => (Word: word, Id: 0))
            .Concat(ExplainedRow.WordsOf(second).Select(word => (Word: word, Id: 1))).ToArray();
        float[][] logits = Logits(model,
        [
            first + "\t" + second,
            .. words.Select(word => word.Id == 0
                ? ExplainedRow.Masked(model, first, word.Word.Start, word.Word.End) + "\t" + second
                : first + "\t" + ExplainedRow.Masked(model, second, word.Word.Start, word.Word.End)),
        ]);
        int label = Array.IndexOf(logits[0], logits[0].Max());
        Assert.Equal(words.Select(word => word.Word), row.Words.Zip(row.WordStarts, row.WordEnds));
        Assert.Equal(words.Select(word => word.Id), row.WordSequenceIds);
        Assert.Equal(model.Config.LabelNames[label], row.ExplainedLabel);
        row.AssertWeights([.. logits[1..].Select(other => (double)logits[0][label] - other[label])]);
    }

    private void AssertPlain(BertModel model, BertExplanationTransformer step)
    {
        ExplainedRow[] rows = ExplainedRow.Read(_ml, step, Texts);
        for (int i = 0; i < Texts.Length; i++)
        {
            (string label, double score, double[] weights) = Plain(model, Texts[i]);
            rows[i].AssertWords(Texts[i], weights);
            Assert.Equal((label, score), (rows[i].ExplainedLabel, Math.Round(rows[i].ExplainedScore, 5)), Close);
            Assert.True(weights.Max(Math.Abs) > 1e-3);
        }
    }

    private (string Label, double Score, double[] Weights) Plain(BertModel model, string text, int? explained = null)
    {
        float[][] logits = Logits(model,
            [text, .. ExplainedRow.WordsOf(text).Select(word => ExplainedRow.Masked(model, text, word.Start, word.End))]);
        int label = explained ?? Array.IndexOf(logits[0], logits[0].Max());
        return (model.Config.LabelNames[label], logits[0][label],
            [.. logits[1..].Select(other => (double)logits[0][label] - other[label])]);
    }

    private float[][] Logits(BertModel model, params string[] rows)
    {
        IDataView data = ExplainedRow.Data(_ml, rows);
        using BertClassifierTransformer classifier = _ml.Transforms.Text.ApplyBertClassifier(new BertClassifierEstimator.Options
        {
            Model = model, PairColumnName = rows[0].Contains('\t', StringComparison.Ordinal) ? "Other" : null, LogitsColumnName = "Logits",
        }).Fit(data);
        return [.. rows.Select(row => classifier.Transform(ExplainedRow.Data(_ml, row)).GetColumn<float[]>("Logits").Single())];
    }

    private float[] Cosines(BertModel model, string[] rows)
    {
        IDataView data = ExplainedRow.Data(_ml, rows);
        using BertPairEmbeddingTransformer pairs =
            _ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Other", model, cosineColumnName: "Cosine").Fit(data);
        return [.. pairs.Transform(data).GetColumn<float>("Cosine")];
    }

    private static bool Close((string Label, double Score) first, (string Label, double Score) second) =>
        first.Label == second.Label && Math.Abs(first.Score - second.Score) < 1e-4;
}
