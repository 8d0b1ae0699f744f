using Microsoft.ML;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Expected figures are those published in seqeval's README, docstrings and tests, or follow from counts on paper.</summary>
public class NamedEntityEvaluationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(NamedEntityScheme.Conll), InlineData(NamedEntityScheme.Iob2)]
    public void The_example_of_seqevals_readme(NamedEntityScheme scheme)
    {
        NamedEntityMetrics metrics = Evaluate(scheme,
            ("O O O B-MISC I-MISC I-MISC O", "O O B-MISC I-MISC I-MISC I-MISC O"),
            ("B-PER I-PER O", "B-PER I-PER O"));

        Assert.Equal(["MISC", "PER"], metrics.PerType.Keys);
        Equal(metrics.PerType["MISC"], 0, 0, 0, 1);
        Equal(metrics.PerType["PER"], 1, 1, 1, 1);
        Equal(metrics.Micro, 0.5, 0.5, 0.5, 2);
        Equal(metrics.Macro, 0.5, 0.5, 0.5, 2);
        Equal(metrics.Weighted, 0.5, 0.5, 0.5, 2);
        Assert.Equal(0.8, metrics.Accuracy, 12);
    }

    [Theory]
    [InlineData(NamedEntityScheme.Conll, 1), InlineData(NamedEntityScheme.Iob2, 0)]
    public void A_missing_beginning_counts_in_strict_mode_only(NamedEntityScheme scheme, double f1)
    {
        NamedEntityMetrics metrics = Evaluate(scheme, ("B-NP I-NP O", "I-NP I-NP O"));
        Assert.Equal([f1, f1, f1, f1],
            new[] { metrics.PerType["NP"], metrics.Micro, metrics.Macro, metrics.Weighted }.Select(scores => scores.F1Score));
    }

    [Fact]
    public void Averages_and_types_that_are_only_predicted()
    {
        NamedEntityMetrics metrics = Evaluate(NamedEntityScheme.Iob2, ("B-A B-B O B-A", "O B-B B-C B-A"));

        Assert.Equal(["A", "B", "C"], metrics.PerType.Keys);
        Equal(metrics.PerType["A"], 1, 1 / 2.0, 2 / 3.0, 2);
        Equal(metrics.PerType["B"], 1, 1, 1, 1);
        Equal(metrics.PerType["C"], 0, 0, 0, 0);
        Equal(metrics.Micro, 2 / 3.0, 2 / 3.0, 2 / 3.0, 3);
        Equal(metrics.Macro, 2 / 3.0, 1 / 2.0, 5 / 9.0, 3);
        Equal(metrics.Weighted, 1, 2 / 3.0, 7 / 9.0, 3);
    }

    [Fact]
    public void An_entity_that_runs_on_is_wrong()
    {
        NamedEntityMetrics metrics =
            Evaluate(NamedEntityScheme.Conll, ("O O B-MISC I-MISC B-MISC O O", "O O B-MISC I-MISC B-MISC I-MISC O"),
                ("B-PER I-PER O", "B-PER I-PER O"));
        Equal(metrics.PerType["MISC"], 0.5, 0.5, 0.5, 2);
        Equal(metrics.Micro, 2 / 3.0, 2 / 3.0, 2 / 3.0, 3);
        Equal(metrics.Macro, 0.75, 0.75, 0.75, 3);
        Equal(metrics.Weighted, 2 / 3.0, 2 / 3.0, 2 / 3.0, 3);
    }

    [Fact]
    public void An_entity_does_not_run_over_the_end_of_a_row()
    {
        NamedEntityMetrics metrics = Evaluate(NamedEntityScheme.Conll, ("O I-PER", "O I-PER"), ("I-PER O", "O O"));
        Equal(metrics.Micro, 1, 0.5, 2 / 3.0, 2);
    }

    [Fact]
    public void Bilou_in_its_scheme_finds_what_conll_merges()
    {
        (string, string)[] rows = [("U-PER U-PER O", "U-PER O O")];
        Equal(Evaluate(NamedEntityScheme.Bilou, rows).Micro, 1, 0.5, 2 / 3.0, 2);
        Equal(Evaluate(NamedEntityScheme.Conll, rows).Micro, 0, 0, 0, 1);
    }

    [Fact]
    public void Keys_that_were_numbered_differently_are_compared_by_their_tags()
    {
        Row[] rows = Rows(("B-A B-B O B-A", "O B-B B-C B-A"), ("O", "O"));
        IDataView texts = _ml.Data.LoadFromEnumerable(rows);
        IDataView keys = _ml.Transforms.Conversion.MapValueToKey([new("Label"), new("PredictedLabel")]).Fit(texts).Transform(texts);

        Assert.Equal(_ml.MulticlassClassification.EvaluateNamedEntities(texts).GetFormattedTable(),
            _ml.MulticlassClassification.EvaluateNamedEntities(keys).GetFormattedTable());
    }

    [Fact]
    public void A_missing_key_and_an_empty_text_are_outside()
    {
        IDataView texts = _ml.Data.LoadFromEnumerable(Rows(("CITY  X", "CITY  CITY")));
        IDataView types = _ml.Data.LoadFromEnumerable([new { Name = "CITY" }]);
        IDataView keys = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: types).Fit(texts).Transform(texts);

        NamedEntityMetrics metrics = _ml.MulticlassClassification.EvaluateNamedEntities(keys);
        Equal(metrics.Micro, 0.5, 1, 2 / 3.0, 1);
        Assert.Equal(2 / 3.0, metrics.Accuracy, 12);
    }

    [Fact]
    public void Data_without_entities_or_rows_gives_zeros()
    {
        Equal(Evaluate(NamedEntityScheme.Conll, ("O O", "O O")).Weighted, 0, 0, 0, 0);
        NamedEntityMetrics none = Evaluate(NamedEntityScheme.Conll);
        Equal(none.Macro, 0, 0, 0, 0);
        Assert.Equal(double.NaN, none.Accuracy);
        Assert.Empty(none.PerType);
    }

    [Fact]
    public void Right_predictions_give_one_and_the_order_of_rows_does_not_matter()
    {
        var random = new Random(3);
        string[] tags = ["O", "B-A", "I-A", "B-B", "I-B", "E-A", "S-C"];
        string Draw() => string.Join(' ', random.GetItems(tags, 12));
        (string Label, string Prediction)[] rows = [.. Enumerable.Range(0, 50).Select(_ => (Draw(), Draw()))];

        NamedEntityMetrics right = Evaluate(NamedEntityScheme.Conll, [.. rows.Select(row => (row.Label, row.Label))]);
        Assert.All(right.PerType.Values.Append(right.Micro).Append(right.Macro).Append(right.Weighted),
            scores => Assert.Equal((1.0, 1.0, 1.0), (scores.Precision, scores.Recall, scores.F1Score)));

        string table = Evaluate(NamedEntityScheme.Conll, rows).GetFormattedTable();
        random.Shuffle(rows);
        Assert.Equal(table, Evaluate(NamedEntityScheme.Conll, rows).GetFormattedTable());

        NamedEntityMetrics there = Evaluate(NamedEntityScheme.Conll, rows),
            back = Evaluate(NamedEntityScheme.Conll, [.. rows.Select(row => (row.Prediction, row.Label))]);
        Assert.Equal((there.Micro.Precision, there.Micro.F1Score), (back.Micro.Recall, back.Micro.F1Score));
    }

    [Fact]
    public void The_table_has_a_line_for_each_type_and_average() => Assert.Equal("""
                      precision  recall  f1-score  support
                   A     1.0000  0.5000    0.6667        2
                   B     1.0000  1.0000    1.0000        1
                   C     0.0000  0.0000    0.0000        0
           micro avg     0.6667  0.6667    0.6667        3
           macro avg     0.6667  0.5000    0.5556        3
        weighted avg     1.0000  0.6667    0.7778        3

        """, Evaluate(NamedEntityScheme.Conll, ("B-A B-B O B-A", "O B-B B-C B-A")).GetFormattedTable(), ignoreLineEndingDifferences: true);

    [Fact]
    public void Rows_of_unequal_length_are_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Evaluate(NamedEntityScheme.Conll, ("O", "O"), ("O O O", "O O")));
        Assert.Contains("Row 1 has 3 tags in 'Label' and 2 in 'PredictedLabel'", error.Message);
    }

    [Fact]
    public void A_tag_of_another_scheme_is_named_with_its_column() =>
        Assert.Contains("Column 'PredictedLabel': 'E-A'",
            Assert.Throws<FormatException>(() => Evaluate(NamedEntityScheme.Iob2, ("B-A", "E-A"))).Message);

    [Fact]
    public void Columns_that_are_missing_or_of_another_type_are_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new { Text = "B-A", Tags = new[] { "B-A" }, Numbers = new[] { 1u } }]);
        void Refused(string label, string predicted, string option, string part)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(
                () => _ml.MulticlassClassification.EvaluateNamedEntities(data, label, predicted));
            Assert.Equal(option, error.ParamName);
            Assert.Contains(part, error.Message);
        }
        Refused("Nothing", "Tags", "labelColumnName", "'Nothing'");
        Refused("Tags", "Text", "predictedLabelColumnName", "a vector of text");
        Refused("Numbers", "Tags", "labelColumnName", "keys");
    }

    [Fact]
    public void Places_in_texts_are_compared_with_their_types()
    {
        // PER 0-4 is right; LOC 10-14 ends elsewhere; ORG 20-23 is of another type; one is only predicted; one has no type and does not
        // count.
        SpanRow[] rows =
        [
            new()
            {
                Types = ["PER", "LOC", ""],
                Starts = [0, 10, 30],
                Ends = [4, 14, 33],
                EntityTypes = ["PER", "LOC"],
                EntityStarts = [0, 10],
                EntityEnds = [4, 15],
            },
            new()
            {
                Types = ["ORG"],
                Starts = [20],
                Ends = [23],
                EntityTypes = ["PER", "LOC"],
                EntityStarts = [20, 30],
                EntityEnds = [23, 33],
            },
            new(),
        ];
        IDataView texts = _ml.Data.LoadFromEnumerable(rows);
        IDataView keys = _ml.Transforms.Conversion.MapValueToKey("Types").Fit(texts).Transform(texts);
        foreach (IDataView data in new[] { texts, keys })
        {
            NamedEntityMetrics metrics = _ml.MulticlassClassification.EvaluateNamedEntitySpans(data, "Types", "Starts", "Ends");
            Equal(metrics.PerType["PER"], 1 / 2.0, 1, 2 / 3.0, 1);
            Equal(metrics.PerType["LOC"], 0, 0, 0, 1);
            Equal(metrics.PerType["ORG"], 0, 0, 0, 1);
            Equal(metrics.Micro, 1 / 4.0, 1 / 3.0, 2 / 7.0, 3);
            Assert.Equal(double.NaN, metrics.Accuracy);
        }
    }

    [Fact]
    public void Places_that_do_not_match_their_types_are_named()
    {
        IDataView data = _ml.Data.LoadFromEnumerable([new SpanRow { Types = ["PER"], Starts = [0], Ends = [] }]);
        var error = Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.EvaluateNamedEntitySpans(data, "Types", "Starts", "Ends"));
        Assert.Contains("Row 0 has 1 types in 'Types', 1 starts in 'Starts' and 0 ends in 'Ends'", error.Message);
        Assert.Equal("labelStartsColumnName",
            Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.EvaluateNamedEntitySpans(data, "Types", "Types", "Ends")).ParamName);
    }

    [Fact]
    public void Only_the_two_columns_are_read_and_each_row_once()
    {
        var data = new WatchedDataView(
            _ml.Data.LoadFromEnumerable([new { Text = "x", Label = new[] { "O" }, PredictedLabel = new[] { "O" } }]));
        _ml.MulticlassClassification.EvaluateNamedEntities(data);
        Assert.Equal(["Label PredictedLabel"], data.Cursors);
    }

    private NamedEntityMetrics Evaluate(NamedEntityScheme scheme, params (string, string)[] rows) =>
        _ml.MulticlassClassification.EvaluateNamedEntities(_ml.Data.LoadFromEnumerable(Rows(rows)), scheme: scheme);

    private static Row[] Rows(params (string Label, string Prediction)[] rows) =>
        [.. rows.Select(row => new Row { Label = row.Label.Split(' '), PredictedLabel = row.Prediction.Split(' ') })];

    private static void Equal(NamedEntityScores actual, double precision, double recall, double f1, long support)
    {
        Assert.Equal(precision, actual.Precision, 12);
        Assert.Equal(recall, actual.Recall, 12);
        Assert.Equal(f1, actual.F1Score, 12);
        Assert.Equal(support, actual.Support);
    }

    private sealed class SpanRow
    {
        public string[] Types { get; set; } = [];

        public int[] Starts { get; set; } = [];

        public int[] Ends { get; set; } = [];

        public string[] EntityTypes { get; set; } = [];

        public int[] EntityStarts { get; set; } = [];

        public int[] EntityEnds { get; set; } = [];
    }

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public string[] PredictedLabel { get; set; } = [];
    }
}
