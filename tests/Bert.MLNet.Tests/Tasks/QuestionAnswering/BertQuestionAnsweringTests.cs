using System.Globalization;
using System.Text.Json;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Tests.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.QuestionAnswering;

public sealed class BertQuestionAnsweringTests : IDisposable
{
    private const string Long = "Ünd the film was on  time; we love that book 😀 and the battery of this phone is very poor, 99 day";

    private static readonly Lazy<BertModel> Tiny = new(() => new TinyCheckpoint { Architecture = "BertForQuestionAnswering" }.Load());

    private static readonly Input[] Rows =
    [
        new() { Question = "is it good ?", Context = "the film is great , but the book was bad" },
        new() { Question = "", Context = "this phone and that battery" },
        new() { Question = "the time", Context = "on day 9 !" },
    ];

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_best_span_equals_the_reference()
    {
        string folder = Shared.Folder("reference", "models", "bert-qa-random");
        var reference = new ReferenceModel(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        BertModel model = BertModel.FromPretrained(folder);
        using BertQuestionAnsweringTransformer transformer = Fit(model, o => o with { MaxAnswerLength = 30 });
        int seen = 0;
        foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (c.GetProperty("pair").ValueKind != JsonValueKind.String
                || !c.GetProperty("outputs").TryGetProperty("best_context_span", out JsonElement best)
                || c.GetProperty("id").GetString() is "pair-truncated" or "pair-types-zero")
                continue;
            string question = c.GetProperty("text").GetString()!, context = c.GetProperty("pair").GetString()!;
            BertEncoding tokens = model.Tokenizer.Encode(question, context);
            int[] word = [.. Enumerable.Range(0, tokens.Length).Where(i => tokens.SequenceIds[i] == 1)];
            int start = word.First(i => tokens.WordIds[i] == tokens.WordIds[best.GetProperty("start").GetInt32()]);
            int end = word.Last(i => tokens.WordIds[i] == tokens.WordIds[best.GetProperty("end").GetInt32()]);
            Output row = Predict(transformer, [new Input { Question = question, Context = context }])[0];
            Assert.Equal((tokens.Offsets[start].Start, tokens.Offsets[end].End), (row.AnswerStart, row.AnswerEnd));
            Assert.Equal(context[row.AnswerStart..row.AnswerEnd], row.Answer);

            // exp(sum of the logits) over the sums of both softmaxes, which go over the context and [CLS].
            double Sum(string name) =>
                c.GetProperty("outputs").GetProperty(name).EnumerateArray().Where((_, i) => i == 0 || word.Contains(i))
                    .Sum(logit => Math.Exp(logit.GetDouble()));
            reference.Equal(JsonSerializer.SerializeToElement(
                Math.Exp(best.GetProperty("logit_sum").GetDouble()) / Sum("start_logits") / Sum("end_logits")), row.Score, "score");
            seen++;
        }
        Assert.InRange(seen, 5, 100);
    }

    [Theory]
    [InlineData("BertForQuestionAnswering", 1, 15, false), InlineData("BertForQuestionAnswering", 5, 3, false)]
    [InlineData("BertForQuestionAnswering", 4, 2, true), InlineData("DistilBertForQuestionAnswering", 3, 15, true),
        InlineData("MPNetForQuestionAnswering", 3, 15, true)]
    public void Answers_equal_a_plain_search_in_one_view_and_alone(string architecture, int count, int maxAnswer, bool impossible)
    {
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        using BertQuestionAnsweringTransformer transformer =
            Fit(model, o => o with { TopK = count, MaxAnswerLength = maxAnswer, HandleImpossibleAnswer = impossible });
        using var engine = _ml.Model.CreatePredictionEngine<Input, Several>(
            transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Several[] rows = [.. _ml.Data.CreateEnumerable<Several>(
            transformer.Transform(_ml.Data.LoadFromEnumerable(Rows)), reuseRowObject: false)];
        for (int i = 0; i < Rows.Length; i++)
        {
            (double Score, int Start, int End)[] expected =
                Plain(model, [Window(model, Rows[i].Question!, Rows[i].Context!)], count, maxAnswer, impossible);
            foreach (Several row in new[] { rows[i], engine.Predict(Rows[i]) })
            {
                Assert.Equal(expected.Select(answer => (answer.Start, answer.End)), row.AnswerStart.Zip(row.AnswerEnd));
                Assert.Equal(expected.Select(answer => Rows[i].Context![answer.Start..answer.End]), row.Answer);
                Assert.All(expected.Zip(row.Score), pair => Assert.Equal(pair.First.Score, pair.Second, 1e-5));
            }
        }
    }

    [Theory]
    [InlineData(BertTruncationSide.Right), InlineData(BertTruncationSide.Left)]
    public void Contexts_longer_than_the_model_are_read_in_windows(BertTruncationSide side)
    {
        string context = string.Join(' ', Enumerable.Repeat(Long, 4)), question = "the phone ?";
        using BertQuestionAnsweringTransformer transformer =
            Fit(TinyCheckpoint.WithTruncationSide(Tiny.Value, side), o => o with { MaxLength = 40, Stride = 10, TopK = 3 });
        Several row = _ml.Data.CreateEnumerable<Several>(
            transformer.Transform(_ml.Data.LoadFromEnumerable([new Input { Question = question, Context = context }])), false).Single();

        // Windows of so many tokens as the question leaves room for, that share 10.
        BertEncoding whole = Tiny.Value.Tokenizer.Encode(question, context);
        int first = 2 + 3, room = 40 - 3 - 3, count = whole.Length - first - 1;
        var windows = new List<int[]>();
        for (int start = 0; start == 0 || start + 10 < count; start += room - 10)
            windows.Add([.. Enumerable.Range(0, first), .. Enumerable.Range(first + start, Math.Min(room, count - start)),
                whole.Length - 1]);
        (double Score, int Start, int End)[] expected = Plain(Tiny.Value, [.. windows.Select(window => (whole, window))], 3, 15, false);
        Assert.True(windows.Count > 3);
        Assert.Equal(expected.Select(answer => (answer.Start, answer.End)), row.AnswerStart.Zip(row.AnswerEnd));
        Assert.All(expected.Zip(row.Score), pair => Assert.Equal(pair.First.Score, pair.Second, 1e-5));
    }

    [Fact]
    public void Empty_contexts_and_questions_that_fill_the_model_have_their_answers_too()
    {
        using BertQuestionAnsweringTransformer transformer = Fit(Tiny.Value);
        string endless = string.Join(' ', Enumerable.Repeat("is it good", 60));
        Output[] rows = Predict(transformer,
            [new() { Question = "why", Context = "" }, new() { Question = null, Context = null },
            new() { Question = endless, Context = Long }, new() { Question = endless, Context = "day" }]);
        Assert.Equal(("", 0f, 0, 0), (rows[0].Answer, rows[0].Score, rows[0].AnswerStart, rows[0].AnswerEnd));
        Assert.Equal("", rows[1].Answer);
        Assert.Equal(Long[rows[2].AnswerStart..rows[2].AnswerEnd], rows[2].Answer);
        Assert.Equal("day", rows[3].Answer);

        using BertQuestionAnsweringTransformer unsure = Fit(Tiny.Value, o => o with { HandleImpossibleAnswer = true });
        Assert.Equal(("", 1f), (Predict(unsure, [new() { Question = "why", Context = "" }])[0].Answer,
            Predict(unsure, [new() { Question = "why", Context = "" }])[0].Score));
    }

    [Theory]
    [InlineData(0f), InlineData(0.2f), InlineData(0.5f), InlineData(0.8f), InlineData(1f)]
    public void There_is_no_answer_where_its_share_of_the_scores_is_above_the_threshold(float threshold)
    {
        using BertQuestionAnsweringTransformer transformer =
            Fit(Tiny.Value, o => o with { TopK = 3, HandleImpossibleAnswer = true, NoAnswerThreshold = threshold,
                NoAnswerColumnName = "NoAnswer" });
        IDataView result = transformer.Transform(_ml.Data.LoadFromEnumerable(Rows));
        Several[] rows = [.. _ml.Data.CreateEnumerable<Several>(result, reuseRowObject: false)];
        float[] shares = [.. result.GetColumn<float>("NoAnswer")];
        for (int i = 0; i < Rows.Length; i++)
        {
            (double Score, int Start, int End)[] all =
                Plain(Tiny.Value, [Window(Tiny.Value, Rows[i].Question!, Rows[i].Context!)], int.MaxValue, 15, impossible: true);
            (double Score, int Start, int End) none = all.First(answer => answer.End == 0), best = all.First(answer => answer.End > 0);
            double share = none.Score / (none.Score + best.Score);
            Assert.Equal(share, shares[i], 1e-5);
            Assert.Equal(share > threshold, rows[i].Answer[0].Length == 0);
            IEnumerable<(double Score, int Start, int End)> spans = all.Where(answer => answer != none);
            (double Score, int Start, int End)[] expected = share > threshold
                ? [none, .. spans]
                : [best, .. all.Where(answer => answer != best)];
            Assert.Equal(expected.Take(3).Select(answer => (answer.Start, answer.End)), rows[i].AnswerStart.Zip(rows[i].AnswerEnd));
        }
    }

    [Fact]
    public void What_was_saved_before_there_was_a_threshold_still_loads_and_predicts_the_same()
    {
        string assets = Path.Combine(Shared.Repository, "tests", "Bert.MLNet.Tests", "Persistence", "Assets");
        IDataView data = _ml.Data.LoadFromEnumerable([Rows[0], Rows[2]]);
        IDataView result = _ml.Model.Load(Path.Combine(assets, "answers-1.1.zip"), out _).Transform(data);
        string[][] expected = [.. File.ReadLines(Path.Combine(assets, "answers-1.1.txt")).Select(line => line.Split('\t'))];
        Assert.Equal(expected.Select(row => row.Select(answer => answer[..answer.LastIndexOf('=')])), result.GetColumn<string[]>("Answer"));
        foreach ((string[] row, float[] scores) in expected.Zip(result.GetColumn<float[]>("Score")))
            Assert.All(row.Zip(scores),
                pair => Assert.Equal(float.Parse(pair.First[(pair.First.LastIndexOf('=') + 1)..], CultureInfo.InvariantCulture),
                pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(null), InlineData(3)]
    public void A_fresh_process_gives_the_same_bits_and_the_promised_schema_is_the_real_one(int? count)
    {
        var options = new BertQuestionAnsweringEstimator.Options
        {
            QuestionColumnName = "Sentence1",
            ContextColumnName = "Sentence2",
            TopK = count,
            NoAnswerColumnName = count is null ? null : "NoAnswer",
        };
        BertQuestionAnsweringEstimator estimator = _ml.Transforms.Text.ApplyBertQuestionAnswering(options with { Model = Tiny.Value });
        IDataView data = _ml.Data.LoadFromEnumerable(Rows.Select(row => new { Sentence1 = row.Question, Sentence2 = row.Context }));
        using BertQuestionAnsweringTransformer transformer = estimator.Fit(data);
        SchemaAssert.Agrees(estimator.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), transformer.GetOutputSchema(data.Schema));

        _ml.Model.Save(transformer, data.Schema, _folder["model.zip"]);
        IDataView result = transformer.Transform(data);
        IEnumerable<float[]> scores = count is null
            ? result.GetColumn<float>("Score").Select(score => new[] { score })
            : result.GetColumn<float[]>("Score");
        Assert.Equal(scores, FreshProcess.Run(_folder["model.zip"], Rows.Select(row => $"{row.Question}\t{row.Context}"), "Score"));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("BertForQuestionAnswering", Assert.Throws<NotSupportedException>(() => Fit(new TinyCheckpoint().Load())).Message);
        Assert.Contains("TopK is 0", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { TopK = 0 })).Message);
        Assert.Contains("MaxAnswerLength is 0",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { MaxAnswerLength = 0 })).Message);
        Assert.Contains("NoAnswerThreshold is 1.5",
            Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { NoAnswerThreshold = 1.5f })).Message);
        Assert.Contains("Stride is 60", Assert.Throws<ArgumentException>(() => Fit(Tiny.Value, o => o with { Stride = 60 })).Message);
        Assert.Contains("'Passage'",
            Assert.Throws<ArgumentOutOfRangeException>(() => Fit(Tiny.Value, o => o with { ContextColumnName = "Passage" })).Message);
    }

    private static (BertEncoding Whole, int[] Tokens) Window(BertModel model, string question, string context)
    {
        BertEncoding whole = model.Tokenizer.Encode(question, context);
        return (whole, [.. Enumerable.Range(0, whole.Length)]);
    }

    /// <summary>Every span of every window, scored and widened one by one, without the tricks of the library.</summary>
    private static (double Score, int Start, int End)[] Plain(
        BertModel model, (BertEncoding Whole, int[] Tokens)[] windows, int count, int maxAnswer, bool impossible)
    {
        var found = new Dictionary<(int, int), double>();
        double none = 1e6;
        foreach ((BertEncoding whole, int[] tokens) in windows)
        {
            double[][] logits = new PlainBert(model)
                .TokenLogits("qa_outputs", [.. tokens.Select(t => whole.Ids[t])], [.. tokens.Select(t => whole.TypeIds[t])]);
            int[] context = [.. Enumerable.Range(0, tokens.Length).Where(i => whole.SequenceIds[tokens[i]] == 1)];
            double Probability(int output, int place) =>
                Math.Exp(logits[place][output]) / context.Append(0).Sum(i => Math.Exp(logits[i][output]));
            none = Math.Min(none, Probability(0, 0) * Probability(1, 0));
            foreach (int start in context)
            {
                foreach (int end in context.Where(end => end >= start && end < start + maxAnswer))
                {
                    int from = context.First(i => whole.WordIds[tokens[i]] == whole.WordIds[tokens[start]]),
                        to = context.Last(i => whole.WordIds[tokens[i]] == whole.WordIds[tokens[end]]);
                    (int, int) span = (whole.Offsets[tokens[from]].Start, whole.Offsets[tokens[to]].End);
                    found[span] = Math.Max(found.GetValueOrDefault(span), Probability(0, start) * Probability(1, end));
                }
            }
        }
        IEnumerable<(double, int, int)> answers = found.Select(pair => (pair.Value, pair.Key.Item1, pair.Key.Item2));
        if (impossible)
            answers = answers.Append((none, 0, 0));
        return [.. answers.OrderByDescending(answer => answer.Item1).Take(count)];
    }

    private BertQuestionAnsweringTransformer Fit(
        BertModel model, Func<BertQuestionAnsweringEstimator.Options, BertQuestionAnsweringEstimator.Options>? configure = null)
    {
        var options = new BertQuestionAnsweringEstimator.Options();
        options = configure?.Invoke(options) ?? options;
        return _ml.Transforms.Text.ApplyBertQuestionAnswering(options with { Model = model }).Fit(_ml.Data.LoadFromEnumerable(Rows));
    }

    private Output[] Predict(BertQuestionAnsweringTransformer transformer, IEnumerable<Input> rows) =>
        [.. _ml.Data.CreateEnumerable<Output>(transformer.Transform(_ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false)];

    private sealed class Input
    {
        public string? Question { get; set; }

        public string? Context { get; set; }
    }

    private sealed class Output
    {
        public string Answer { get; set; } = "";

        public float Score { get; set; }

        public int AnswerStart { get; set; }

        public int AnswerEnd { get; set; }
    }

    private sealed class Several
    {
        public string[] Answer { get; set; } = [];

        public float[] Score { get; set; } = [];

        public int[] AnswerStart { get; set; } = [];

        public int[] AnswerEnd { get; set; } = [];
    }
}
