using System.Text.Json.Nodes;
using Bert.MLNet.Tasks;
using Bert.MLNet.Tests.Generation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Catalog;

/// <summary>Each predictor, over a checkpoint and over a transformer, has the values of the transformer's columns, bit for bit.</summary>
public sealed class BertPredictorCatalogTests
{
    private static readonly string[] Texts =
    [
        "the film is great", "", "Ünd the  phone😀 batteries, zzz and 99 films!", "good bad poor", "on time !",
        string.Join(' ', Enumerable.Repeat("this phone and that book", 20)),
    ];

    private static readonly BertTextPair[] Pairs = [.. Texts.Zip(Texts.Reverse(), (text, pair) => new BertTextPair(text, pair))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly MLContext _ml = new(seed: 1);

    private TransformsCatalog.TextTransforms Steps => _ml.Transforms.Text;

    [Theory]
    [InlineData("single_label_classification"), InlineData("multi_label_classification"), InlineData("regression")]
    public void A_classifier_gives_the_names_of_the_highest_scores(string problemType)
    {
        BertModel model = Classifier(new() { ["problem_type"] = problemType });
        using BertClassifierTransformer transformer = Steps.ApplyBertClassifier("PredictedLabel", "Text", model).Fit(View([""]));
        using BertPredictor<string, IReadOnlyList<BertLabelScore>> all = model.CreateClassifier(topK: null);
        using BertPredictor<string, IReadOnlyList<BertLabelScore>> best = model.CreateClassifier();
        AssertSame(all, Texts, Expected, Parts);
        AssertSame(transformer.CreateClassifier(topK: 2), Texts, texts => [.. Expected(texts).Select(labels => labels[..2])], Parts);
        AssertSame(best, Texts, texts => [.. Expected(texts).Select(labels => labels[..1])], Parts);

        (string, float)[][] Expected(string[] texts) =>
            Sorted(model.Config.LabelNames, transformer.Transform(View(texts)).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void A_classifier_of_pairs_reads_both_texts()
    {
        BertModel model = Classifier([]);
        using BertClassifierTransformer transformer = Steps.ApplyBertClassifier("PredictedLabel", "Text", model, "Pair").Fit(View(Pairs));
        using BertPredictor<BertTextPair, IReadOnlyList<BertLabelScore>> predictor = model.CreatePairClassifier(topK: null);
        AssertSame(predictor, Pairs, Expected, Parts);
        AssertSame(transformer.CreatePairClassifier(topK: null), Pairs, Expected, Parts);
        AssertRefused("'Pair'. Use CreatePairClassifier", () => transformer.CreateClassifier());
        using BertClassifierTransformer ofOne = Steps.ApplyBertClassifier("PredictedLabel", "Text", model).Fit(View(Texts));
        AssertRefused("'Text'. Use CreateClassifier", () => ofOne.CreatePairClassifier());

        (string, float)[][] Expected(BertTextPair[] pairs) =>
            Sorted(model.Config.LabelNames, transformer.Transform(View(pairs)).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void A_zero_shot_classifier_sorts_its_candidates()
    {
        string[] labels = ["film", "phone", "book"];
        BertModel model = EveryTransformer.NliModel;
        using var transformer = Steps.ApplyBertZeroShotClassifier("PredictedLabel", "Text", labels, model).Fit(View(Texts));
        using var predictor = model.CreateZeroShotClassifier(labels);
        AssertSame(predictor, Texts, Expected, Parts);
        AssertSame(transformer.CreateZeroShotClassifier(), Texts, Expected, Parts);

        var options = new BertZeroShotClassifierEstimator.Options { Model = model, CandidateLabelsColumnName = "Text" };
        using var ofColumn = Steps.ApplyBertZeroShotClassifier(options).Fit(View(Texts));
        AssertRefused("labels from column 'Text'", ofColumn.CreateZeroShotClassifier);

        (string, float)[][] Expected(string[] texts) => Sorted(labels, transformer.Transform(View(texts)).GetColumn<float[]>("Score"));
    }

    [Theory]
    [InlineData(BertAggregation.Simple, false), InlineData(BertAggregation.None, false), InlineData(BertAggregation.Average, false)]
    [InlineData(BertAggregation.First, true)]
    public void An_entity_recognizer_gives_the_entities_of_the_columns(BertAggregation aggregation, bool byWords)
    {
        BertModel model = EveryTransformer.Model("BertForTokenClassification", "O", "B-PER", "I-PER", "B-LOC", "I-LOC");
        var options = new BertTokenClassifierEstimator.Options
        {
            Model = model,
            Aggregation = aggregation,
            WordLabelsColumnName = byWords ? "Labels" : null,
        };
        using BertTokenClassifierTransformer transformer = Steps.ApplyBertTokenClassifier(options).Fit(View(Texts));
        using BertPredictor<string, IReadOnlyList<BertEntity>> predictor = model.CreateEntityRecognizer(options);
        AssertSame(predictor, Texts, Expected, Parts);
        AssertSame(transformer.CreateEntityRecognizer(), Texts, Expected, Parts);
        Assert.True(predictor.Predict(Texts, null, Token).Sum(entities => entities.Count) > 5);
        if (aggregation == BertAggregation.Simple)
        {
            using BertPredictor<string, IReadOnlyList<BertEntity>> byDefault = model.CreateEntityRecognizer();
            Assert.Equal(predictor.Predict(Texts, null, Token), byDefault.Predict(Texts, null, Token));
        }

        static (string, string, float, int, int) Parts(BertEntity entity) =>
            (entity.Text, entity.Type, entity.Score, entity.Start, entity.End);

        (string, string, float, int, int)[][] Expected(string[] texts)
        {
            IDataView view = transformer.Transform(View(texts));
            return Rows(
                view.GetColumn<string[]>("Entities"), view.GetColumn<string[]>("EntityTypes"), view.GetColumn<float[]>("EntityScores"),
                view.GetColumn<int[]>("EntityStarts"), view.GetColumn<int[]>("EntityEnds"));
        }
    }

    [Theory]
    [InlineData(null), InlineData(3)]
    public void A_question_answerer_gives_the_answers_of_the_columns(int? topK)
    {
        BertModel model = EveryTransformer.Model("BertForQuestionAnswering", "start", "end");
        BertQuestion[] questions = [.. Texts.Select(text => new BertQuestion("is it good ?", text))];
        var options = new BertQuestionAnsweringEstimator.Options { Model = model, TopK = topK ?? 1 };
        using BertQuestionAnsweringTransformer columns = Steps.ApplyBertQuestionAnswering(options).Fit(View(questions));
        using BertQuestionAnsweringTransformer transformer =
            Steps.ApplyBertQuestionAnswering(options with { TopK = topK }).Fit(View(questions));
        using BertPredictor<BertQuestion, IReadOnlyList<BertAnswer>> predictor = model.CreateQuestionAnswerer(new() { TopK = topK });
        AssertSame(predictor, questions, Expected, Parts);
        AssertSame(transformer.CreateQuestionAnswerer(), questions, Expected, Parts);
        Assert.Empty(predictor.Predict(new BertQuestion("why", "")));

        static (string, string, float, int, int) Parts(BertAnswer answer) => (answer.Text, "", answer.Score, answer.Start, answer.End);

        (string, string, float, int, int)[][] Expected(BertQuestion[] some)
        {
            IDataView view = columns.Transform(View(some));
            string[][] answers = [.. view.GetColumn<string[]>("Answer")];
            return Rows(answers, answers.Select(row => row.Select(_ => "").ToArray()),
                view.GetColumn<float[]>("Score"), view.GetColumn<int[]>("AnswerStart"), view.GetColumn<int[]>("AnswerEnd"));
        }
    }

    [Fact]
    public void A_fill_mask_gives_the_words_of_each_mask()
    {
        string[] texts = ["the film is [MASK] .", "no mask here", "[MASK] and the [MASK] was bad", ""];
        BertModel model = EveryTransformer.Model("BertForMaskedLM");
        using BertFillMaskTransformer transformer = Steps.ApplyBertFillMask("MaskTokens", "Text", model).Fit(View(texts));
        using BertPredictor<string, IReadOnlyList<BertFilledMask>> predictor = model.CreateFillMask();
        AssertSame(predictor, texts, Expected, word => (word.Token, word.Text, word.Score));
        AssertSame(transformer.CreateFillMask(), texts, Expected, word => (word.Token, word.Text, word.Score));
        Assert.Equal([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], predictor.Predict(texts[2]).Select(word => word.Mask));

        (string, string, float)[][] Expected(string[] some)
        {
            IDataView view = transformer.Transform(View(some));
            return
            [
                .. view.GetColumn<string[]>("MaskTokens")
                    .Zip(view.GetColumn<string[]>("FilledTexts"), view.GetColumn<float[]>("MaskScores"))
                    .Select(row => row.First.Zip(row.Second, row.Third).ToArray()),
            ];
        }
    }

    [Fact]
    public void A_reranker_sorts_the_passages_of_each_query_by_the_scores_of_its_pairs()
    {
        BertModel model = EveryTransformer.Model("BertForSequenceClassification", "relevance");
        BertRankingQuery[] queries =
            [new("good film", Texts), new("nothing", []), new("", Texts[..1]), new("phone", [.. Texts, .. Texts]), new("none", [])];
        using BertCrossEncoderTransformer transformer = Steps.ApplyBertCrossEncoder("Score", "Text", "Pair", model).Fit(View(Pairs));
        using BertPredictor<BertRankingQuery, IReadOnlyList<BertRankedPassage>> predictor = model.CreateReranker();
        AssertSame(predictor, queries, Expected, passage => (passage.Index, passage.Score, passage.Text));
        AssertSame(transformer.CreateReranker(), queries, Expected, passage => (passage.Index, passage.Score, passage.Text));
        Assert.Equal(new BertRankingQuery("good film", Texts), queries[0]);

        (int, float, string)[][] Expected(BertRankingQuery[] some)
        {
            BertTextPair[] pairs = [.. some.SelectMany(query => query.Passages.Select(passage => new BertTextPair(query.Query, passage)))];
            var scores = new Queue<float>(transformer.Transform(View(pairs)).GetColumn<float>("Score"));
            return
            [
                .. some.Select(query => query.Passages.Select((text, i) => (Index: i, Score: scores.Dequeue(), text))
                    .OrderByDescending(passage => passage.Score).ToArray()),
            ];
        }
    }

    [Fact]
    public void A_text_generator_gives_the_best_texts_with_their_scores()
    {
        var options = new BertSequenceToSequenceEstimator.Options
        {
            Model = TinySequences.Model,
            Generation = new BertGenerationOptions { NumBeams = 3, NumReturnSequences = 2, MaxLength = 10 },
            TextsColumnName = "Texts",
            ScoresColumnName = "Scores",
        };
        using BertSequenceToSequenceTransformer transformer = Steps.ApplyBertSequenceToSequence(options).Fit(View(Texts));
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> predictor = TinySequences.Model.CreateTextGenerator(options);
        AssertSame(predictor, Texts, Expected, text => (text.Text, text.Score));
        AssertSame(transformer.CreateTextGenerator(), Texts, Expected, text => (text.Text, text.Score));
        using BertPredictor<string, IReadOnlyList<BertGeneratedText>> one = TinySequences.Model.CreateTextGenerator();
        Assert.Single(one.Predict(Texts[0]));

        (string, float)[][] Expected(string[] texts)
        {
            IDataView view = transformer.Transform(View(texts));
            return
            [
                .. view.GetColumn<string[]>("Texts")
                    .Zip(view.GetColumn<float[]>("Scores"), (some, scores) => some.Zip(scores).ToArray()),
            ];
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void An_extractive_summarizer_picks_the_sentences_of_the_columns(bool trained)
    {
        string[] texts = ["The film is great. The phone is poor! Is the book good? This day. The battery.", "", "one sentence", .. Texts];
        BertModel model = trained
            ? EveryTransformer.Model("BertForTokenClassification", [.. TrainedSentences.Labels])
            : new TinyCheckpoint().Load();
        var options = new BertExtractiveSummarizerEstimator.Options { Model = model, NumberOfSentences = 2 };
        using BertExtractiveSummarizerTransformer transformer = Steps.ApplyBertExtractiveSummarizer(options).Fit(View(texts));
        using BertPredictor<string, BertSummary> predictor = model.CreateExtractiveSummarizer(options);
        foreach (BertPredictor<string, BertSummary> each in (BertPredictor<string, BertSummary>[])
            [predictor, transformer.CreateExtractiveSummarizer()])
        {
            Assert.Equal(Expected(texts), each.Predict(texts, null, Token).Select(Parts));
            Assert.All(texts, text => Assert.Equal(Expected([text])[0], Parts(each.Predict(text))));
        }
        BertSummary summary = predictor.Predict(texts[0]);
        Assert.Equal(2, summary.Sentences.Count);
        Assert.All(summary.Sentences, sentence => Assert.Equal(texts[0][sentence.Start..sentence.End], sentence.Text));
        Assert.Equal(summary, predictor.Predict(texts[0]));

        static string Parts(BertSummary summary) => string.Join(' ', summary.Sentences.Select(sentence =>
            $"{sentence.Index} {sentence.Score} {sentence.Start} {sentence.End}").Prepend(summary.Text));

        string[] Expected(string[] some)
        {
            IDataView view = transformer.Transform(View(some));
            float[][] scores = [.. view.GetColumn<float[]>("SentenceScores")];
            int[][] starts = [.. view.GetColumn<int[]>("SentenceStarts")], ends = [.. view.GetColumn<int[]>("SentenceEnds")];
            return
            [
                .. view.GetColumn<string>("Summary").Zip(view.GetColumn<int[]>("SummaryIndexes")).Select((row, i) =>
                    string.Join(' ', row.Second.Select(index => $"{index} {scores[i][index]} {starts[i][index]} {ends[i][index]}")
                        .Prepend(row.First))),
            ];
        }
    }

    [Fact]
    public void A_checkpoint_without_the_head_is_refused_as_the_step_refuses_it()
    {
        BertModel encoder = new TinyCheckpoint().Load(), several = Classifier([]);
        (Func<object> Predictor, Func<object> Step)[] pairs =
        [
            (() => encoder.CreateClassifier(), () => Steps.ApplyBertClassifier("A", "Text", encoder)),
            (() => encoder.CreatePairClassifier(), () => Steps.ApplyBertClassifier("A", "Text", encoder, "Pair")),
            (() => encoder.CreateZeroShotClassifier(["a"]), () => Steps.ApplyBertZeroShotClassifier("A", "Text", ["a"], encoder)),
            (() => encoder.CreateEntityRecognizer(), () => Steps.ApplyBertTokenClassifier("A", "Text", encoder)),
            (() => encoder.CreateQuestionAnswerer(), () => Steps.ApplyBertQuestionAnswering("A", "Text", "Pair", encoder)),
            (() => encoder.CreateReranker(), () => Steps.ApplyBertCrossEncoder("A", "Text", "Pair", encoder)),
            (() => encoder.CreateFillMask(), () => Steps.ApplyBertFillMask("A", "Text", encoder)),
            (() => encoder.CreateTextGenerator(), () => Steps.ApplyBertSequenceToSequence("A", "Text", encoder)),
            (() => several.CreateReranker(), () => Steps.ApplyBertCrossEncoder("A", "Text", "Pair", several)),
        ];
        Assert.All(pairs, pair => Assert.Equal(
            Assert.Throws<NotSupportedException>(pair.Step).Message, Assert.Throws<NotSupportedException>(pair.Predictor).Message));
        Assert.Contains("topK is 0;", Assert.Throws<ArgumentOutOfRangeException>(() => several.CreateClassifier(topK: 0)).Message,
            StringComparison.Ordinal);
        Assert.Contains("MaxLength is 65", Assert.Throws<ArgumentException>(() => encoder.CreateEmbedder(new() { MaxLength = 65 })).Message,
            StringComparison.Ordinal);
    }

    private static BertModel Classifier(JsonObject config) =>
        new TinyCheckpoint { Architecture = "BertForSequenceClassification", ExtraConfig = config }.Load();

    private static void AssertRefused(string reason, Func<object> create) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(create).Message, StringComparison.Ordinal);

    /// <summary>A list is compared with a view of its rows, and each input alone with a view of one row.</summary>
    private static void AssertSame<TInput, TResult, TPart>(
        BertPredictor<TInput, IReadOnlyList<TResult>> predictor, TInput[] inputs, Func<TInput[], TPart[][]> expected,
        Func<TResult, TPart> parts)
        where TInput : class
    {
        Assert.Equal(expected(inputs), predictor.Predict(inputs, null, Token).Select(results => results.Select(parts).ToArray()));
        Assert.All(inputs, input => Assert.Equal(expected([input])[0], predictor.Predict(input).Select(parts)));
    }

    private static (string, float) Parts(BertLabelScore label) => (label.Label, label.Score);

    private static (string, float)[][] Sorted(IReadOnlyList<string> labels, IEnumerable<float[]> scores) =>
        [.. scores.Select(row => labels.Zip(row).OrderByDescending(label => label.Second).ToArray())];

    private static (string, string, float, int, int)[][] Rows(
        IEnumerable<string[]> texts, IEnumerable<string[]> types, IEnumerable<float[]> scores,
        IEnumerable<int[]> starts, IEnumerable<int[]> ends) =>
    [
        .. texts.Zip(types, scores).Zip(starts, ends).Select(row => row.First.First.Zip(row.First.Second, row.First.Third)
            .Zip(row.Second, row.Third)
            .Select(item => (item.First.First, item.First.Second, item.First.Third, item.Second, item.Third)).ToArray()),
    ];

    private IDataView View(IEnumerable<string> texts) => _ml.Data.LoadFromEnumerable(texts.Select(text => new { Text = text }));

    private IDataView View(IEnumerable<BertTextPair> pairs) =>
        _ml.Data.LoadFromEnumerable(pairs.Select(pair => new { pair.Text, pair.Pair }));

    private IDataView View(IEnumerable<BertQuestion> questions) =>
        _ml.Data.LoadFromEnumerable(questions.Select(question => new { question.Question, question.Context }));
}
