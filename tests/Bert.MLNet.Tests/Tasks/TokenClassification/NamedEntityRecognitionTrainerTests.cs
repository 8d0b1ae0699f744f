using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

[Collection(UsesTorch.Name)]
public sealed class NamedEntityRecognitionTrainerTests : IDisposable
{
    /// <summary>One training from labels of words that several tests look at.</summary>
    private static readonly Lazy<(MLContext Ml, IDataView Test, TransformerChain<ITransformer> Model, double[] Metrics)> s_trained =
        new(() =>
    {
        var ml = new MLContext(seed: 1);
        List<double> metrics = [];
        NamedEntityRecognitionTrainer.Options options = Options(maxEpochs: 12) with
        {
            ValidationFraction = 0.1,
            Progress = new OnReport(report => metrics.AddRange(report.Metric is { } metric ? [metric] : [])),
        };
        TransformerChain<ITransformer> model = Chain(ml, options).Fit(Data(ml, 400, seed: 3));
        return (ml, Data(ml, 100, seed: 9), model, [.. metrics]);
    });

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sentences_that_were_not_seen_are_labelled_word_for_word()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model, double[] validation) = s_trained.Value;
        IDataView result = model.Transform(test);
        NamedEntityMetrics metrics = ml.MulticlassClassification.EvaluateNamedEntities(result);
        Assert.InRange(metrics.Micro.F1Score, 0.95, 1);
        Assert.InRange(metrics.Accuracy, 0.97, 1);
        Assert.Equal(["LOC", "PER"], metrics.PerType.Keys);
        Assert.Equal(12, validation.Length);
        Assert.InRange(validation[^1], 0.9, 1);
        Assert.True(validation[0] < validation[^1]);

        IReadOnlyList<string> labels = model.OfType<BertTokenClassifierTransformer>().Single().Labels;
        Row[] rows = [.. ml.Data.CreateEnumerable<Row>(
            ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(result).Transform(result), reuseRowObject: false)];
        foreach (Row row in rows)
        {
            string[] words = row.Sentence.Split(' ');
            Assert.Equal(words.Length, row.PredictedLabel.Length);
            Assert.All(row.Score.Chunk(labels.Count), scores => Assert.Equal(1, scores.Sum(), 1e-5f));
            Assert.Equal(words.Length * labels.Count, row.Score.Length);
            Assert.Equal(row.EntityStarts.Zip(row.EntityEnds, (start, end) => row.Sentence[start..end]), row.Entities);
            Assert.Equal(Entities(words, row.PredictedLabel), row.Entities.Zip(row.EntityTypes, (text, type) => $"{type} {text}"));
        }
    }

    [Fact]
    public void A_saved_model_says_the_same_and_a_row_alone_too()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model, _) = s_trained.Value;
        ml.Model.Save(model, test.Schema, _folder["model.zip"]);
        ITransformer loaded = ml.Model.Load(_folder["model.zip"], out _);
        IDataView here = model.Transform(test), there = loaded.Transform(test);
        Assert.Equal(here.GetColumn<uint[]>("PredictedLabel"), there.GetColumn<uint[]>("PredictedLabel"));
        Assert.Equal(here.GetColumn<float[]>("Score"), there.GetColumn<float[]>("Score"));
        Assert.Equal(here.GetColumn<string[]>("Entities"), there.GetColumn<string[]>("Entities"));

        using var engine = ml.Model.CreatePredictionEngine<Input, KeyRow>(loaded);
        Assert.All(here.GetColumn<string>("Sentence").Zip(here.GetColumn<uint[]>("PredictedLabel")).Take(5),
            row => Assert.Equal(row.Second, engine.Predict(new Input { Sentence = row.First }).PredictedLabel));
    }

    [Fact]
    public void What_is_learnt_is_a_checkpoint_of_HuggingFaces()
    {
        (MLContext ml, IDataView test, TransformerChain<ITransformer> model, _) = s_trained.Value;
        model.OfType<BertTokenClassifierTransformer>().Single().Model.SavePretrained(_folder["saved"]);
        BertModel opened = BertModel.FromPretrained(_folder["saved"]);
        Assert.Equal(["BertForTokenClassification"], opened.Config.Architectures);
        Assert.Equal(["B-LOC", "B-PER", "I-LOC", "I-PER", "O"], opened.Config.Id2Label.Values.Order(StringComparer.Ordinal));
        using BertTokenClassifierTransformer finder =
            ml.Transforms.Text.ApplyBertTokenClassifier("Found", "Sentence", opened, BertAggregation.First).Fit(test);
        Assert.Equal(model.Transform(test).GetColumn<string[]>("Entities"), finder.Transform(test).GetColumn<string[]>("Found"));
    }

    [Theory]
    [InlineData("DistilBert"), InlineData("MPNet"), InlineData("Roberta"), InlineData("Electra"), InlineData("Albert")]
    [InlineData("ModernBert"), InlineData("DebertaV2"), InlineData("NomicBert")]
    public void Places_in_texts_are_learnt_and_compared(string family)
    {
        NamedEntityRecognitionTrainer.Options options = Options(maxEpochs: 12) with
        {
            LabelColumnName = "Types",
            LabelStartsColumnName = "Starts",
            LabelEndsColumnName = "Ends",
        };
        IDataView data = Spans(400, seed: 3), test = Spans(100, seed: 9);
        NamedEntityRecognitionTrainer trainer =
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model(family + "Model") });
        using BertTokenClassifierTransformer fitted = trainer.Fit(data);
        IDataView result = fitted.Transform(test);
        Assert.InRange(_ml.MulticlassClassification.EvaluateNamedEntitySpans(result, "Types", "Starts", "Ends").Micro.F1Score, 0.95, 1);
        Assert.Equal([family + "ForTokenClassification"], fitted.Model.Config.Architectures);
        Assert.Null(result.Schema.GetColumnOrNull("PredictedLabel"));
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), result.Schema);
    }

    [Fact]
    public void A_long_text_is_learnt_and_labelled_in_windows()
    {
        // All sentences in texts of 10: about 100 tokens in windows of 32.
        (string[] Words, string[] Tags)[] sentences = [.. ToyEntities.Sentences(400, seed: 3)];
        IDataView Long(IEnumerable<(string[] Words, string[] Tags)> some) =>
            Keys(_ml, _ml.Data.LoadFromEnumerable(some.Chunk(10).Select(chunk =>
            new Input
            {
                Sentence = string.Join(' ', chunk.SelectMany(s => s.Words)),
                Label = [.. chunk.SelectMany(s => s.Tags)],
            }).ToArray()));
        NamedEntityRecognitionTrainer.Options options = Options(maxEpochs: 15) with { MaxLength = 32, Stride = 8, BatchSize = 16 };
        using BertTokenClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model() }).Fit(Long(sentences));
        IDataView result = fitted.Transform(Long(ToyEntities.Sentences(100, seed: 9)));
        Assert.InRange(_ml.MulticlassClassification.EvaluateNamedEntities(result).Micro.F1Score, 0.95, 1);
    }

    [Fact]
    public void Faults_among_the_labels_are_repaired_in_their_scheme()
    {
        // BILOU, but every sentence at place 0 of ten begins its entities with I.
        (string[] Words, string[] Tags)[] sentences = [.. ToyEntities.Sentences(40, seed: 3)];
        Input[] rows = [.. sentences.Select(
            (s, i) => new Input
            {
                Sentence = string.Join(' ', s.Words),
                Label = [.. s.Tags.Select((tag, word) => Bilou(s.Tags, word, faulty: i % 10 == 0))],
            })];
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        IDataView data = Keys(_ml, _ml.Data.LoadFromEnumerable(rows));
        using BertTokenClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(Options(maxEpochs: 1) with { Model = ToyLanguage.Model() })
                .Fit(data);
        int faults = rows.Where((_, i) => i % 10 == 0).Sum(row => row.Label.Count(tag => tag[0] == 'I'));
        Assert.True(faults > 3);
        Assert.Contains(log, line =>
            line.EndsWith($"Labels of column 'Label' are read as BILOU; {faults} were not written in it and are repaired.",
                StringComparison.Ordinal));

        // What a hardly trained model says is written in the scheme, too.
        foreach (Row row in Read(fitted.Transform(data)))
            Assert.Matches("^((O|U-PER|U-LOC|B-(?<t>PER|LOC)( I-\\k<t>)* L-\\k<t>)( |$))*$", string.Join(' ', row.PredictedLabel));

        static string Bilou(string[] tags, int word, bool faulty)
        {
            bool first = tags[word][0] == 'B', last = word + 1 == tags.Length || tags[word + 1][0] != 'I';
            return tags[word] == "O"
                ? "O"
                : (first && last ? faulty ? "I" : "U" : first ? faulty ? "I" : "B" : last ? "L" : "I") + tags[word][1..];
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void The_promised_schema_is_the_real_one_for_text_and_vectors_of_words(bool vectors)
    {
        IDataView data = Keys(_ml, Data(_ml, 30, seed: 3));
        NamedEntityRecognitionTrainer.Options options = Options(maxEpochs: 1) with { Sentence1ColumnName = vectors ? "Words" : "Sentence" };
        NamedEntityRecognitionTrainer trainer =
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model() });
        using BertTokenClassifierTransformer fitted = trainer.Fit(data);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), fitted.Transform(data).Schema);
        Assert.Equal(data.GetColumn<uint[]>("Label").Select(keys => keys.Length),
            fitted.Transform(data).GetColumn<uint[]>("PredictedLabel").Select(keys => keys.Length));
    }

    [Fact]
    public void Missing_labels_labels_that_no_word_has_and_empty_texts_are_taken()
    {
        // Of the values O, X and PER no word has X; "?" is none of them and so O; a row without labels is left out.
        IDataView values = _ml.Data.LoadFromEnumerable(new[] { "X", "PER" }.Select(value => new { Value = value }));
        IDataView raw = _ml.Data.LoadFromEnumerable(new Input[]
        {
            new() { Sentence = "the kim is good", Label = ["?", "PER", "?", "?"] }, new() { Sentence = "", Label = [] },
            new() { Sentence = null!, Label = [] }, new() { Sentence = "the kim", Label = [] },
            new() { Sentence = "\u200b", Label = ["PER"] },
        });
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: values).Fit(raw).Transform(raw);
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        NamedEntityRecognitionTrainer.Options options = Options(maxEpochs: 30);
        using BertTokenClassifierTransformer fitted =
            _ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model() }).Fit(data);
        Assert.Equal(["X", "PER", "O"], fitted.Labels);
        Assert.Contains(log, line =>
            line.EndsWith("Rows without labels in column 'Label', which are skipped: 1.", StringComparison.Ordinal));
        Row[] rows = Read(fitted.Transform(data));
        Assert.Equal([["", "PER", "", ""], [], [], ["", "PER"], [""]], rows.Select(row => row.PredictedLabel));
        Assert.Equal([4 * 3, 0, 0, 2 * 3, 3], rows.Select(row => row.Score.Length));
        Assert.Equal([0, 0, 1], rows[^1].Score);
    }

    [Fact]
    public void Data_that_cannot_be_learnt_are_refused_with_the_column()
    {
        IDataView texts = Data(_ml, 10, seed: 3);
        Refused<ArgumentOutOfRangeException>(texts, Options(), "'Label'", "MapValueToKey");
        IDataView outside = Keys(_ml, _ml.Data.LoadFromEnumerable([new Input { Sentence = "the film", Label = ["O", "O"] }]));
        Refused<InvalidOperationException>(outside, Options(), "'Label'", "nothing to learn");
        IDataView uneven = Keys(_ml,
            _ml.Data.LoadFromEnumerable(
            [new Input { Sentence = "the film", Label = ["O", "PER"] }, new Input { Sentence = "the good film", Label = ["O", "PER"] }]));
        Refused<InvalidOperationException>(
            uneven, Options(), "Row 1 has 2 labels in column 'Label' and 3 words in column 'Sentence' (\"the good film\")");

        NamedEntityRecognitionTrainer.Options other = Options() with
        {
            ValidationSet = Keys(_ml, _ml.Data.LoadFromEnumerable([new Input { Sentence = "kim", Label = ["B-PER"] }])),
        };
        Refused<ArgumentException>(Keys(_ml, texts), other, "'Label'", "validation set");
        NamedEntityRecognitionTrainer.Options half = Options() with { LabelEndsColumnName = "Ends" };
        Refused<ArgumentException>(Keys(_ml, texts), half, "LabelStartsColumnName");
        NamedEntityRecognitionTrainer.Options stride = Options() with { MaxLength = 20, Stride = 18 };
        Refused<ArgumentException>(Keys(_ml, texts), stride, "Stride is 18");

        void Refused<T>(IDataView data, NamedEntityRecognitionTrainer.Options options, params string[] parts) where T : Exception
        {
            Exception error = Assert.Throws<T>(
                () => _ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model() }).Fit(data));
            Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        }
    }

    /// <summary>The runs of words with labels of IOB2, as type and text.</summary>
    private static List<string> Entities(string[] words, string[] labels)
    {
        List<string> entities = [];
        for (int i = 0; i < words.Length; i++)
        {
            if (labels[i].StartsWith("B-", StringComparison.Ordinal))
                entities.Add($"{labels[i][2..]} {words[i]}");
            else if (labels[i] != "O")
                entities[^1] += " " + words[i];
        }
        return entities;
    }

    private static NamedEntityRecognitionTrainer.Options Options(int maxEpochs = 1) => new()
    {
        MaxEpochs = maxEpochs,
        LearningRate = 4e-3,
        EarlyStoppingPatience = null,
    };

    private static EstimatorChain<ITransformer> Chain(MLContext ml, NamedEntityRecognitionTrainer.Options options) =>
        new EstimatorChain<ITransformer>()
        .Append<ITransformer>(ml.Transforms.Conversion.MapValueToKey("Label"))
        .Append<ITransformer>(ml.MulticlassClassification.Trainers.NamedEntityRecognition(options with { Model = ToyLanguage.Model() }));

    private static IDataView Data(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(
        ToyEntities.Sentences(count, seed)
            .Select(row => new Input { Sentence = string.Join(' ', row.Words), Words = row.Words, Label = row.Tags }).ToArray());

    private static IDataView Keys(MLContext ml, IDataView data) =>
        ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

    private IDataView Spans(int count, int seed)
    {
        IDataView texts = _ml.Data.LoadFromEnumerable(ToyEntities.Sentences(count, seed).Select(row =>
        {
            int[] begins = [.. row.Words.Select((_, word) => row.Words.Take(word).Sum(w => w.Length + 1))];
            (string Type, int Start, int End)[] spans = [.. row.Tags.Index().Where(tag => tag.Item[0] == 'B').Select(tag =>
            {
                int last = tag.Index + 1 < row.Tags.Length && row.Tags[tag.Index + 1][0] == 'I' ? tag.Index + 1 : tag.Index;
                return (tag.Item[2..], begins[tag.Index], begins[last] + row.Words[last].Length);
            })];
            // A full stop belongs to no entity, though no blank is before it.
            return new SpanInput
            {
                Sentence = string.Join(' ', row.Words) + ".",
                Types = [.. spans.Select(s => s.Type)],
                Starts = [.. spans.Select(s => s.Start)],
                Ends = [.. spans.Select(s => s.End)],
            };
        }).ToArray());
        return _ml.Transforms.Conversion.MapValueToKey(
            "Types", keyData: _ml.Data.LoadFromEnumerable([new { Type = "PER" }, new { Type = "LOC" }])).Fit(texts).Transform(texts);
    }

    private Row[] Read(IDataView result) =>
        [.. _ml.Data.CreateEnumerable<Row>(
            _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(result).Transform(result), reuseRowObject: false)];

    private sealed class Input
    {
        public string Sentence { get; set; } = "";

        public string[] Words { get; set; } = [];

        public string[] Label { get; set; } = [];
    }

    private sealed class SpanInput
    {
        public string Sentence { get; set; } = "";

        public string[] Types { get; set; } = [];

        public int[] Starts { get; set; } = [];

        public int[] Ends { get; set; } = [];
    }

    private sealed class KeyRow
    {
        public uint[] PredictedLabel { get; set; } = [];
    }

    private sealed class Row
    {
        public string Sentence { get; set; } = "";

        public string[] PredictedLabel { get; set; } = [];

        public float[] Score { get; set; } = [];

        public string[] Entities { get; set; } = [];

        public string[] EntityTypes { get; set; } = [];

        public int[] EntityStarts { get; set; } = [];

        public int[] EntityEnds { get; set; } = [];
    }
}
