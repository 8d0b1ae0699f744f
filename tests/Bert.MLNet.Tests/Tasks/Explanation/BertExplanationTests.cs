using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.Explanation;

/// <summary>The step around the weights: batches, long and empty texts, files, errors.</summary>
public sealed class BertExplanationTests : IDisposable
{
    private const string Head = "BertForSequenceClassification";

    private static readonly string[] Texts =
        ["the film is great", "", "i hate this phone and the battery is very poor , but the screen is good", "Zzz 99 !"];

    private static readonly Lazy<BertModel> Tiny = new(() => EveryTransformer.Model(Head));

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Many_rows_and_threads_give_what_one_row_alone_gives()
    {
        string[] texts = [.. Enumerable.Range(0, 30).Select(i => string.Join(' ', Enumerable.Repeat(Texts[i % 4], 1 + i % 3)))];
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, Tiny.Value,
            o => o with { Batching = new BertBatchOptions { TokenBudget = 100, WindowSize = 8, NumberOfThreads = 3 } });
        using PredictionEngine<EveryTransformer.Row, ExplainedRow> engine =
            _ml.Model.CreatePredictionEngine<EveryTransformer.Row, ExplainedRow>(
                step, new PredictionEngineOptions { OwnsTransformer = false, IgnoreMissingColumns = true });
        ExplainedRow[] rows = ExplainedRow.Read(_ml, step, texts);
        foreach ((string text, ExplainedRow row, BertExplanation explanation) in texts.Zip(rows, ExplainedRow.Explain(step, texts)))
        {
            ExplainedRow alone = engine.Predict(new EveryTransformer.Row { Text = text });
            row.AssertWords(text, [.. alone.WordWeights]);
            Assert.Equal(
                row.Words.Zip(row.WordWeights, row.WordStarts), explanation.Words.Select(word => (word.Word, word.Weight, word.Start)));
            Assert.Equal((row.ExplainedLabel, row.ExplainedScore, text, null),
                (explanation.Label, explanation.Score, explanation.Text, explanation.Pair));
        }
    }

    [Fact]
    public void Empty_and_missing_texts_have_a_score_and_no_words()
    {
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, Tiny.Value);
        using BertClassifierTransformer classifier = _ml.Transforms.Text.ApplyBertClassifier(
            new BertClassifierEstimator.Options { Model = Tiny.Value, LogitsColumnName = "Logits" }).Fit(ExplainedRow.Data(_ml));
        float logit = classifier.Transform(ExplainedRow.Data(_ml, "")).GetColumn<float[]>("Logits").Single().Max();
        foreach (BertExplanation explanation in ExplainedRow.Explain(step, ["", null, "  "]))
        {
            Assert.Empty(explanation.Words);
            Assert.Equal(logit, explanation.Score, 1e-5f);
        }
        BertModel vectors = new TinyCheckpoint().Load();
        using BertExplanationTransformer pairs = ExplainedRow.Fit(_ml, vectors, o => o with { PairColumnName = "Other" });
        BertExplanation pair = ExplainedRow.Explain(pairs, [null], ["good day"]).Single();
        Assert.Equal(["good", "day"], pair.Words.Select(word => word.Word));
        Assert.Equal(("", "good day", null), (pair.Text, pair.Pair, pair.Label));
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Words_beyond_the_maximum_length_are_left_out_and_the_part_of_a_word_that_is_read_is_kept(BertTruncationSide side)
    {
        const string Start = "the film is unlikely", End = "unlikely so good";
        string text = $"{Start} {string.Concat(Enumerable.Repeat("of time ", 3000))}{End}";
        BertModel model = TinyCheckpoint.WithTruncationSide(Tiny.Value, side);
        using BertExplanationTransformer step = ExplainedRow.Fit(_ml, model, o => o with { MaxLength = 8 });
        BertExplanation explanation = ExplainedRow.Explain(step, [text]).Single();
        string part = side == BertTruncationSide.Right ? "unl" : "ikely"; // in letters, of which the last two are one token
        Assert.Equal(
            side == BertTruncationSide.Right ? ["the", "film", "is", part] : [part, "so", "good"],
            explanation.Words.Select(word => word.Word));
        Assert.All(explanation.Words, word => Assert.Equal(word.Word, text[word.Start..word.End]));
        Assert.Equal(text, explanation.Text);
        if (side == BertTruncationSide.Left) // a text cannot start within a word
            return;
        using BertExplanationTransformer whole = ExplainedRow.Fit(_ml, model);
        Assert.Equal(
            ExplainedRow.Explain(whole, [$"the film is {part}"]).Single().Words.Select(word => word.Weight),
            explanation.Words.Select(word => word.Weight));
    }

    [Fact]
    public void A_checkpoint_that_is_a_graph_gives_the_same_weights()
    {
        string folder = _folder["graph"];
        Tiny.Value.SavePretrained(folder);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        Tiny.Value.SaveOnnx(Path.Combine(folder, "model.onnx"));
        using BertExplanationTransformer weights = ExplainedRow.Fit(_ml, Tiny.Value);
        using BertExplanationTransformer graph = ExplainedRow.Fit(_ml, BertModel.FromPretrained(folder));
        Assert.All(ExplainedRow.Read(_ml, weights, Texts).Zip(ExplainedRow.Read(_ml, graph, Texts)),
            rows => Assert.Equal(rows.First.WordWeights, rows.Second.WordWeights));
    }

    [Fact]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one()
    {
        BertExplanationEstimator estimator =
            _ml.Transforms.Text.ApplyBertExplanation("Words", "Text", Tiny.Value, label: Tiny.Value.Config.LabelNames[0]);
        IDataView data = ExplainedRow.Data(_ml, Texts);
        using BertExplanationTransformer step = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), step.GetOutputSchema(data.Schema));
        string[] texts = [.. Texts.Where(text => text.Length > 0)];
        IDataView saved = _ml.Data.LoadFromEnumerable(texts.Select(text => new { Text = text }));
        _ml.Model.Save(step, saved.Schema, _folder["model.zip"]);
        float[][] fresh = FreshProcess.Run(_folder["model.zip"], texts.Select(text => text + "\t"), "WordWeights");
        Assert.Equal(ExplainedRow.Read(_ml, step, texts).Select(row => row.WordWeights), fresh);
    }

    [Fact]
    public void Cancellation_ends_the_work_and_a_disposed_step_says_so()
    {
        BertExplanationTransformer step = ExplainedRow.Fit(_ml, Tiny.Value);
        using var end = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => step.Explain(Endless(), cancellationToken: end.Token));
        step.Dispose();
        string message = Assert.Throws<ObjectDisposedException>(() => ExplainedRow.Explain(step, ["a"])).Message;
        Assert.Contains(nameof(BertExplanationTransformer), message, StringComparison.Ordinal);

        IEnumerable<string> Endless()
        {
            for (int i = 0; ; i++)
            {
                if (i == 300)
                    end.Cancel();
                yield return "the film is great";
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Named<NotSupportedException>("Fine-tune it", o => o with { Model = new TinyCheckpoint().Load() });
        Named<NotSupportedException>("Fine-tune it",
            o => o with { Model = new TinyCheckpoint().Load(), PairColumnName = "Other", Target = BertExplanationTarget.Label });
        BertModel table = new TinyCheckpoint().Load().ToStatic(new BertStaticOptions { Dimension = null });
        Named<NotSupportedException>("static embeddings", o => o with { Model = table });
        Named<ArgumentException>("PairColumnName", o => o with { Target = BertExplanationTarget.Similarity });
        Named<ArgumentException>("Label is 'good'",
            o => o with { Target = BertExplanationTarget.Similarity, PairColumnName = "Other", Label = "good" });
        Named<ArgumentException>("Label is 'good', but the labels of", o => o with { Label = "good" });
        Named<ArgumentException>("Target is 7", o => o with { Target = (BertExplanationTarget)7 });
        Named<ArgumentException>("MaxLength", o => o with { MaxLength = 2 });
        Named<ArgumentException>("'Words'", o => o with { StartsColumnName = "Words" });
        Named<ArgumentOutOfRangeException>("'Column'", o => o with { InputColumnName = "Column" });

        using BertExplanationTransformer one = ExplainedRow.Fit(_ml, Tiny.Value);
        Assert.Contains("reads one text", Assert.Throws<ArgumentException>(() => ExplainedRow.Explain(one, ["a"], ["b"])).Message);
        using BertExplanationTransformer two = ExplainedRow.Fit(_ml, Tiny.Value, o => o with { PairColumnName = "Other" });
        Assert.Contains("reads two texts", Assert.Throws<ArgumentException>(() => ExplainedRow.Explain(two, ["a"])).Message);
        Assert.Contains("fewer", Assert.Throws<ArgumentException>(() => ExplainedRow.Explain(two, ["a", "b"], ["c"])).Message);
        Assert.Contains("more", Assert.Throws<ArgumentException>(() => ExplainedRow.Explain(two, ["a"], ["b", "c"])).Message);
    }

    private void Named<TException>(string named, Func<Options, Options> configure)
        where TException : Exception =>
        Assert.Contains(named, Assert.Throws<TException>(() => ExplainedRow.Fit(_ml, Tiny.Value, configure)).Message,
            StringComparison.Ordinal);
}
