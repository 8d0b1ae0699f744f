using System.Runtime.CompilerServices;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.DataViews;

public class BatchDataViewTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly Gen<string[]> Texts = Gen.String[Gen.Char["abc|"], 0, 40].Array[0, 700];

    [Fact]
    public void Rows_come_out_in_order_with_their_own_results_for_every_window_budget_and_thread_count() =>
        Gen.Select(Texts, Gen.Int[1, 300], Gen.Int[1, 200], Gen.Int[1, 3]).Sample((texts, window, budget, threads) =>
        {
            var transformer = new ReversingTransformer(_ml, new() { WindowSize = window, TokenBudget = budget, NumberOfThreads = threads });
            Result[] rows = Run(transformer, texts);
            Assert.Equal(texts, rows.Select(r => r.Text));
            Assert.Equal(texts.Select(Expected), rows.Select(r => r.Reversed));
            Assert.Equal(texts.Select(t => t.Replace("|", "").Length), rows.Select(r => r.Length));
            Assert.Equal(texts.Select((_, i) => new[] { i, i / 2f }), rows.Select(r => r.Vector));
        }, iter: 60);

    [Fact]
    public void Batches_keep_the_budget_run_every_item_once_and_hold_similar_lengths() =>
        Gen.Select(Texts, Gen.Int[1, 200]).Sample((texts, budget) =>
        {
            var transformer = new ReversingTransformer(_ml, new() { TokenBudget = budget, NumberOfThreads = 1 });
            Run(transformer, texts);
            Assert.All(transformer.Batches,
                b => Assert.True(b.Length == 1 || b.Length * b.Max() <= budget, $"{b.Length} × {b.Max()} > {budget}"));
            Assert.All(transformer.Batches, b => Assert.Equal(b.OrderDescending(), b));
            Assert.Equal(
                texts.SelectMany(t => t.Split('|')).Select(t => t.Length).Order(),
                transformer.Batches.SelectMany(b => b).Order());
        }, iter: 60);

    [Fact]
    public void The_source_is_read_once_in_one_pass()
    {
        int reads = 0;
        IEnumerable<Row> rows = Enumerable.Range(0, 1000).Select(i => { reads++; return new Row { Text = $"text {i}" }; });
        var data = new ReversingTransformer(_ml, new()).Transform(_ml.Data.LoadFromEnumerable(rows));
        Assert.Equal(1000, data.GetColumn<string>("Reversed").Count());
        Assert.Equal(1000, reads);
    }

    [Theory]
    [InlineData("Reversed", "Text"), InlineData("Reversed", "id")]
    public void A_cursor_that_cannot_be_made_closes_that_of_the_source_and_can_be_tried_again(string column, string fault)
    {
        var source = new FailingDataView(Load(["ab", "cd"])) { Fault = fault };
        IDataView data = new ReversingTransformer(_ml, new()).Transform(source);
        Assert.Throws<FormatException>(() => data.GetRowCursor([data.Schema[column]]));
        Assert.Equal((1, 1), (source.Opened, source.Closed));

        source.Fault = "";
        Assert.Equal(["ba", "dc"], data.GetColumn<string>("Reversed"));
        Assert.Equal((2, 2), (source.Opened, source.Closed));
    }

    [Fact]
    public void Columns_that_are_not_asked_for_cost_nothing()
    {
        var transformer = new ReversingTransformer(_ml, new());
        IDataView data = transformer.Transform(Load(["ab", "cd"]));
        Assert.Equal(["ab", "cd"], data.GetColumn<string>("Text"));
        Assert.Equal(0, transformer.Prepared);

        using DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Reversed"]]);
        while (cursor.MoveNext()) { }
        Assert.Equal(0, transformer.Prepared);
        Assert.False(cursor.IsColumnActive(data.Schema["Text"]));
    }

    [Fact]
    public void A_look_at_the_first_rows_computes_only_a_small_window()
    {
        var transformer = new ReversingTransformer(_ml, new());
        IDataView data = transformer.Transform(Load([.. Enumerable.Range(0, 10_000).Select(i => $"text {i}")]));
        Assert.Equal(["0 txet", "1 txet"], _ml.Data.TakeRows(data, 2).GetColumn<string>("Reversed"));
        Assert.InRange(transformer.Prepared, 2, 128);
    }

    [Fact]
    public void A_window_ends_early_where_the_values_that_it_hands_through_are_large()
    {
        int reads = 0;
        IEnumerable<Wide> rows = Enumerable.Range(0, 200)
            .Select(i => { reads++; return new Wide { Text = $"text {i}", Megabyte = new float[1 << 18] }; });
        IDataView data = new ReversingTransformer(_ml, new()).Transform(_ml.Data.LoadFromEnumerable(rows));
        using (DataViewRowCursor both = data.GetRowCursor([data.Schema["Reversed"], data.Schema["Megabyte"]]))
            Assert.True(both.MoveNext());
        Assert.InRange(reads, 60, 66);

        reads = 0;
        using (DataViewRowCursor one = data.GetRowCursor([data.Schema["Reversed"]]))
            Assert.True(one.MoveNext());
        Assert.InRange(reads, 100, 130);
    }

    [Theory]
    [InlineData("unpreparable", "Row 300, column 'Text' (\"unpreparable\"): cannot be prepared.")]
    [InlineData("a|unrunnable", "row 300, column 'Text' (\"a|unrunnable\"): cannot be run.")]
    public void An_error_names_the_row_the_column_and_the_text(string text, string expected)
    {
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => "t"), text, "t"];
        IDataView data = new ReversingTransformer(_ml, new() { TokenBudget = 1 }).Transform(Load(texts));
        var e = Assert.Throws<InvalidOperationException>(() => data.GetColumn<string>("Reversed").Count());
        Assert.Contains(expected, e.Message);
        Assert.IsType<FormatException>(e.InnerException);
    }

    [Fact]
    public void A_missing_or_wrong_column_is_named_before_any_work()
    {
        var transformer = new ReversingTransformer(_ml, new());
        IDataView missing = _ml.Data.LoadFromEnumerable([new { Sentence = "a", Id = 1 }]);
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => transformer.Transform(missing));
        Assert.Contains("Could not find the input column 'Text'. The data has the columns 'Sentence', 'Id'", e.Message);

        IDataView wrong = _ml.Data.LoadFromEnumerable([new { Text = 1 }]);
        e = Assert.Throws<ArgumentOutOfRangeException>(() => transformer.GetOutputSchema(wrong.Schema));
        Assert.Contains("Column 'Text' has the type Int32, but text is needed here.", e.Message);
    }

    [Fact]
    public void It_composes_with_cache_filter_shuffle_split_and_several_steps()
    {
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => new string('x', i % 17) + i)];
        IDataView source = _ml.Data.ShuffleRows(Load(texts), seed: 3);
        IDataView once = new ReversingTransformer(_ml, new() { WindowSize = 50 }).Transform(source);
        IDataView filtered = _ml.Data.FilterRowsByColumn(
            _ml.Transforms.Conversion.ConvertType("L", "Length", DataKind.Single).Fit(once).Transform(once), "L", 5, 10);
        IDataView renamed = _ml.Transforms.CopyColumns("Text", "Reversed").Fit(filtered).Transform(filtered);
        IDataView twice = _ml.Data.Cache(new ReversingTransformer(_ml, new() { WindowSize = 30 }).Transform(renamed));

        string[] kept = [.. texts.Where(t => t.Length is >= 5 and < 10)];
        Assert.Equal(kept.Order(), twice.GetColumn<string>("Reversed").Order());
        Assert.Equal(kept.Select(Expected).Order(), twice.GetColumn<string>("Text").Order());
        foreach (var fold in _ml.Data.CrossValidationSplit(once, 3))
            Assert.Equal(500, fold.TrainSet.GetColumn<string>("Reversed").Concat(fold.TestSet.GetColumn<string>("Reversed")).Distinct()
                .Count());
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(5)]
    public void No_more_threads_work_at_the_same_time_than_the_option_says(int threads)
    {
        var transformer = new ReversingTransformer(_ml, new() { NumberOfThreads = threads, TokenBudget = 20 });
        Assert.Equal(3000, transformer.Transform(Load([.. Enumerable.Range(0, 3000).Select(i => $"text {i}")]))
            .GetColumn<string>("Reversed").Count());
        Assert.InRange(transformer.MostAtOnce, 1, threads);
    }

    [Fact]
    public void A_prediction_engine_gives_the_same_results_row_by_row()
    {
        var transformer = new ReversingTransformer(_ml, new() { NumberOfThreads = 2 });
        using var engine = _ml.Model.CreatePredictionEngine<Row, Result>(transformer);
        foreach (string text in (string[])["abc", "", "ab|c", "abc"])
        {
            Result result = engine.Predict(new Row { Text = text });
            Assert.Equal(Expected(text), result.Reversed);
            Assert.Equal(text, result.Text);
        }
        Assert.Equal(4, transformer.Prepared);
        engine.Dispose();
        Assert.True(transformer.Disposed);
    }

    [Fact]
    public void Vectors_handed_out_may_be_changed_by_the_consumer()
    {
        IDataView data = new ReversingTransformer(_ml, new()).Transform(Load(["a", "b"]));
        using DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Vector"], data.Schema["Reversed"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(data.Schema["Vector"]);
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        VBuffer<float> value = default;
        getter(ref value);
        VBufferEditor.CreateFromBuffer(ref value).Values[0] = -1;
        VBuffer<float> again = default;
        getter(ref again);
        Assert.Equal([1, 0.5f], again.DenseValues());
    }

    [Fact]
    public void Cancelling_stops_between_batches()
    {
        var ml = new MLContext();
        IDataView data = new ReversingTransformer(ml, new()).Transform(ml.Data.LoadFromEnumerable([new Row { Text = "a" }]));
        CancelExecution(ml);
        Assert.Throws<OperationCanceledException>(() => data.GetColumn<string>("Reversed").Count());
    }

    [Theory]
    [InlineData(0, 1, 1, nameof(BertBatchOptions.WindowSize))]
    [InlineData(1, 0, 1, nameof(BertBatchOptions.TokenBudget))]
    [InlineData(1, 1, 0, nameof(BertBatchOptions.NumberOfThreads))]
    public void An_option_below_one_is_refused_by_name(int window, int budget, int threads, string name)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(
            () => new ReversingTransformer(_ml, new() { WindowSize = window, TokenBudget = budget, NumberOfThreads = threads }));
        Assert.Equal(name, e.ParamName);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void CancelExecution(MLContext ml);

    private IDataView Load(string[] texts) =>
        _ml.Data.LoadFromEnumerable(texts.Select((t, i) => new Row { Text = t, Vector = [i, i / 2f] }));

    private Result[] Run(ReversingTransformer transformer, string[] texts) =>
        [.. _ml.Data.CreateEnumerable<Result>(transformer.Transform(Load(texts)), reuseRowObject: false)];

    private static string Expected(string text) =>
        string.Join('|', text.Split('|').Select(t => new string([.. t.Reverse()])));

    private class Row
    {
        public string Text { get; set; } = "";

        [VectorType(2)]
        public float[] Vector { get; set; } = [0, 0];
    }

    private sealed class Wide
    {
        public string Text { get; set; } = "";

        [VectorType(1 << 18)]
        public float[] Megabyte { get; set; } = [];
    }

    private sealed class Result : Row
    {
        public string Reversed { get; set; } = "";

        public int Length { get; set; }
    }
}
