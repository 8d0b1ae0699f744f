using Bert.MLNet.Tasks;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.Summarization;

[Collection(UsesTorch.Name)]
public sealed class ExtractiveSummarizationTrainerTests : IDisposable
{
    private static readonly Lazy<(BertExtractiveSummarizerTransformer Fitted, double[] Metrics)> s_trained = new(() =>
    {
        var ml = new MLContext(seed: 1);
        List<double> metrics = [];
        BertExtractiveSummarizerTransformer fitted = ml.Ranking.Trainers.ExtractiveSummarization(Options() with
        {
            MaxEpochs = 12, ValidationFraction = 0.2,
            Progress = new OnReport(report => metrics.AddRange(report.Metric is { } metric ? [metric] : [])),
        }).Fit(ml.Data.LoadFromEnumerable(ToySummaries.Rows(200, seed: 3)));
        return (fitted, [.. metrics]);
    });

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sentences_that_summarize_texts_not_seen_are_found()
    {
        (BertExtractiveSummarizerTransformer fitted, double[] metrics) = s_trained.Value;
        ToySummaries.Row[] rows = ToySummaries.Rows(60, seed: 9);
        IDataView result = fitted.Transform(_ml.Data.LoadFromEnumerable(rows));
        int[][] picked = [.. result.GetColumn<int[]>("SummaryIndexes")];
        // A random choice is right in 15 of 60.
        Assert.InRange(rows.Zip(picked).Count(row => row.Second.SequenceEqual([row.First.Place])), 40, 60);
        Assert.Equal(12, metrics.Length);
        Assert.Equal(["BertForTokenClassification"], fitted.Model.Config.Architectures);
        Assert.InRange(_ml.MulticlassClassification.EvaluateSummarization(result, predictedTextColumnName: "Summary").Rouge1.F1Score, 0.66,
            1);
    }

    [Fact]
    public void Scores_are_the_probabilities_of_plain_loops_in_windows_of_whole_sentences()
    {
        (BertExtractiveSummarizerTransformer fitted, _) = s_trained.Value;
        const string Text = "the film was good . we love the price of this . it is a phone , a bad one . the day is so .";
        using BertExtractiveSummarizerTransformer summarizer = _ml.Transforms.Text.ApplyBertExtractiveSummarizer(
            new BertExtractiveSummarizerEstimator.Options { Model = fitted.Model, MaxLength = 18, NumberOfSentences = 2 }).Fit(Data(Text));
        IDataView result = summarizer.Transform(Data(Text));
        float[] scores = result.GetColumn<float[]>("SentenceScores").Single();
        int[] starts = result.GetColumn<int[]>("SentenceStarts").Single(), ends = result.GetColumn<int[]>("SentenceEnds").Single();

        var plain = new PlainBert(fitted.Model);
        var expected = new List<double>();
        var window = new List<int>();
        var marks = new List<int>();
        foreach ((int start, int end) in starts.Zip(ends).Append((0, 0)))
        {
            int[] ids = end > 0 ? [.. fitted.Model.Tokenizer.Encode(Text[start..end]).Ids] : [];
            if (end == 0 || window.Count + ids.Length > 18)
            {
                double[][] logits = plain.TokenLogits("classifier", [.. window], new int[window.Count]);
                expected.AddRange(marks.Select(mark => 1 / (1 + Math.Exp(logits[mark][0] - logits[mark][1]))));
                window.Clear();
                marks.Clear();
            }
            marks.Add(window.Count);
            window.AddRange(ids);
        }
        Assert.Equal(4, scores.Length);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(2, result.GetColumn<int[]>("SummaryIndexes").Single().Length);
    }

    [Fact]
    public void A_saved_model_and_a_saved_checkpoint_give_the_same()
    {
        (BertExtractiveSummarizerTransformer fitted, _) = s_trained.Value;
        IDataView data = _ml.Data.LoadFromEnumerable(ToySummaries.Rows(5, seed: 5));
        _ml.Model.Save(fitted, data.Schema, _folder["model.zip"]);
        ITransformer loaded = _ml.Model.Load(_folder["model.zip"], out _);
        fitted.Model.SavePretrained(_folder["saved"]);
        using BertExtractiveSummarizerTransformer opened =
            _ml.Transforms.Text.ApplyBertExtractiveSummarizer("Summary", "Text", BertModel.FromPretrained(_folder["saved"]), 1).Fit(data);
        float[][] expected = [.. fitted.Transform(data).GetColumn<float[]>("SentenceScores")];
        Assert.Equal(expected, loaded.Transform(data).GetColumn<float[]>("SentenceScores"));
        Assert.Equal(expected, opened.Transform(data).GetColumn<float[]>("SentenceScores"));
        (loaded as IDisposable)!.Dispose();
    }

    [Fact]
    public void The_metric_is_the_share_of_right_sentences_among_the_best()
    {
        (TrainingRow, float[])[] windows =
        [
            // Two right sentences in two windows, of which one is among the two best; one right sentence, which is the best; none.
            (new([2, 3, 2, 3], 4, 0, [1, -100, 0, -100], 2), [0, 5, 9, 9, 0, 4, 9, 9]), (new([2, 3], 2, 0, [1, -100], 1), [0, 1, 9, 9]),
            (new([2, 2], 2, 1, [0, 1], 2), [2, 0, 0, 2]), (new([2, 3], 2, 2, [0, -100], 1), [0, 7, 0, 0]),
        ];
        Assert.Equal((0.5 + 1) / 2, SummaryTraining.RPrecision(windows), 1e-12);
    }

    [Fact]
    public void Rows_without_a_summary_are_skipped_and_nothing_to_learn_is_refused()
    {
        ToySummaries.Row[] empty = [new() { Text = "it is .", Target = "" }, new() { Text = " ... ", Target = "it" }];
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        using (_ml.Ranking.Trainers.ExtractiveSummarization(Options())
            .Fit(_ml.Data.LoadFromEnumerable(ToySummaries.Rows(4, seed: 1).Concat(empty))))
            Assert.Contains(log, line => line.Contains("skipped: 2.", StringComparison.Ordinal));
        Assert.Contains("nothing to learn",
            Assert.Throws<InvalidOperationException>(() => _ml.Ranking.Trainers.ExtractiveSummarization(Options())
            .Fit(_ml.Data.LoadFromEnumerable([new ToySummaries.Row { Text = "it is .", Target = "zzz" }]))).Message,
                StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.Ranking.Trainers.ExtractiveSummarization(Options() with { InputColumnName = "Other" }).Fit(Data("a")));
        Assert.Contains("NumberOfSentences", Assert.ThrowsAny<ArgumentException>(() =>
            _ml.Ranking.Trainers.ExtractiveSummarization(Options() with { NumberOfSentences = 0 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_promised_schema_is_the_real_one()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(ToySummaries.Rows(2, seed: 1));
        SchemaShape promised = _ml.Ranking.Trainers.ExtractiveSummarization(Options()).GetOutputSchema(SchemaAssert.ShapeOf(data.Schema));
        using BertExtractiveSummarizerTransformer fitted = _ml.Ranking.Trainers.ExtractiveSummarization(Options()).Fit(data);
        SchemaAssert.Agrees(promised, fitted.GetOutputSchema(data.Schema));
    }

    private IDataView Data(string text) => _ml.Data.LoadFromEnumerable([new ToySummaries.Row { Text = text }]);

    private static ExtractiveSummarizationTrainer.Options Options() => new()
    {
        Model = ToyLanguage.Model(), NumberOfSentences = 1, MaxEpochs = 1, BatchSize = 16, LearningRate = 4e-3,
        EarlyStoppingPatience = null,
    };
}
